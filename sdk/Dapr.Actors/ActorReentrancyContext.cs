namespace Dapr.Actors;

/// <summary>The chain of calls that the running turn belongs to; it goes on with the calls that the turn makes.</summary>
internal static class ActorReentrancyContext
{
    public const string Header = "Dapr-Reentrancy-Id";

    private static readonly AsyncLocal<string?> Chain = new();

    public static string? Current
    {
        get => Chain.Value;
        set => Chain.Value = value;
    }
}
