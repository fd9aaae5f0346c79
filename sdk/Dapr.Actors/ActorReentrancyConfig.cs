namespace Dapr.Actors;

/// <summary>Whether a chain of calls may come back to an actor that it began at.</summary>
public sealed class ActorReentrancyConfig
{
    private int? _maxStackDepth;

    /// <summary>Whether it may.</summary>
    public bool Enabled { get; set; }

    /// <summary>How deep the chain may come back; 32 when it is not said.</summary>
    public int? MaxStackDepth
    {
        get => _maxStackDepth;
        set
        {
            if (value is { } depth)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
            }

            _maxStackDepth = value;
        }
    }
}
