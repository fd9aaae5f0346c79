namespace Tandem.Runtime.Actors.Placement;

/// <summary>The sidecars of this process, by the address under which they are announced: calls among them leave no process.</summary>
public sealed class ActorDirectory
{
    private readonly Lock _gate = new();
    private volatile ActorRuntime[] _runtimes = [];

    /// <summary>The runtimes, as of now.</summary>
    internal ReadOnlySpan<ActorRuntime> Runtimes => _runtimes;

    internal void Add(ActorRuntime runtime)
    {
        lock (_gate)
        {
            _runtimes = [.. _runtimes, runtime];
        }
    }

    internal void Remove(ActorRuntime runtime)
    {
        lock (_gate)
        {
            _runtimes = [.. _runtimes.Where(r => !ReferenceEquals(r, runtime))];
        }
    }

    internal bool IsHere(string address)
    {
        foreach (var runtime in _runtimes)
        {
            if (string.Equals(runtime.Address, address, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
