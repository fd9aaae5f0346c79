namespace Dapr.Actors.Runtime;

/// <summary>Gives an actor type another name than its class has.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class ActorAttribute : Attribute
{
    /// <summary>The actor type's name.</summary>
    public string? TypeName { get; set; }
}
