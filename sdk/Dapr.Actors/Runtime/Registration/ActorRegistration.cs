using System.Collections.ObjectModel;

namespace Dapr.Actors.Runtime;

/// <summary>An actor type that the app hosts.</summary>
public sealed class ActorRegistration
{
    /// <summary>An actor type with the settings of all.</summary>
    public ActorRegistration(ActorTypeInformation type)
        : this(type, null)
    {
    }

    /// <summary>An actor type with settings of its own.</summary>
    public ActorRegistration(ActorTypeInformation type, ActorRuntimeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        TypeOptions = options;
    }

    /// <summary>The actor type.</summary>
    public ActorTypeInformation Type { get; }

    /// <summary>What makes its actors; null for the app's usual way.</summary>
    public ActorActivator? Activator { get; set; }

    /// <summary>The type's own settings, if it has any.</summary>
    public ActorRuntimeOptions? TypeOptions { get; }
}

/// <summary>The actor types that the app hosts.</summary>
public sealed class ActorRegistrationCollection : KeyedCollection<ActorTypeInformation, ActorRegistration>
{
    /// <summary>Hosts an actor type.</summary>
    public void RegisterActor<TActor>(Action<ActorRegistration>? configure = null)
        where TActor : Actor
        => RegisterActor<TActor>(null, null, configure);

    /// <summary>Hosts an actor type with settings of its own.</summary>
    public void RegisterActor<TActor>(ActorRuntimeOptions typeOptions, Action<ActorRegistration>? configure = null)
        where TActor : Actor
        => RegisterActor<TActor>(null, typeOptions, configure);

    /// <summary>Hosts an actor type under another name.</summary>
    public void RegisterActor<TActor>(string? actorTypeName, Action<ActorRegistration>? configure = null)
        where TActor : Actor
        => RegisterActor<TActor>(actorTypeName, null, configure);

    /// <summary>Hosts an actor type under another name with settings of its own.</summary>
    public void RegisterActor<TActor>(string? actorTypeName, ActorRuntimeOptions? typeOptions, Action<ActorRegistration>? configure = null)
        where TActor : Actor
    {
        var registration = new ActorRegistration(ActorTypeInformation.Get(typeof(TActor), actorTypeName), typeOptions);
        configure?.Invoke(registration);
        Add(registration);
    }

    /// <inheritdoc />
    protected override ActorTypeInformation GetKeyForItem(ActorRegistration item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Type;
    }

    /// <inheritdoc />
    protected override void InsertItem(int index, ActorRegistration item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var name = item.Type.ActorTypeName;
        if (this.Any(other => string.Equals(other.Type.ActorTypeName, name, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"The actor type '{name}' is registered already.", nameof(item));
        }

        base.InsertItem(index, item);
    }
}
