using System.Collections.Concurrent;

namespace Tandem.Runtime.Metrics;

/// <summary>Keeps what was made for a name, for so many names and no more.</summary>
/// <param name="create">Makes it.</param>
/// <param name="others">What all other names share once there are too many; without it theirs is made anew each time.</param>
internal sealed class BoundedCache<T>(Func<string, T> create, T? others = null)
    where T : class
{
    internal const int MostKept = 1000;

    private readonly ConcurrentDictionary<string, T> _kept = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>What belongs to the name.</summary>
    public T Get(string name) => _kept.TryGetValue(name, out var value) ? value : Add(name);

    /// <summary>What belongs to the name; one that is known, or that is one too many, allocates nothing.</summary>
    public T Get(ReadOnlySpan<char> name)
        => _kept.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var value) ? value
            : IsFull && others is not null ? others
            : Add(name.ToString());

    private bool IsFull => Volatile.Read(ref _count) >= MostKept;

    private T Add(string name)
    {
        if (IsFull)
        {
            return others ?? create(name);
        }

        var value = create(name);
        var kept = _kept.GetOrAdd(name, value);
        if (ReferenceEquals(kept, value))
        {
            Interlocked.Increment(ref _count);
        }

        return kept;
    }
}
