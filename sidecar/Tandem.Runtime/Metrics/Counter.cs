namespace Tandem.Runtime.Metrics;

/// <summary>A number that many threads change at once. As a gauge it goes down as well.</summary>
public sealed class Counter
{
    private static readonly int Row = Stripes.RowOf(1);
    private readonly long[] _cells = new long[Stripes.Count * Row];

    /// <summary>The number now.</summary>
    public long Value
    {
        get
        {
            var value = 0L;
            for (var at = 0; at < _cells.Length; at += Row)
            {
                value += Volatile.Read(ref _cells[at]);
            }

            return value;
        }
    }

    /// <summary>Adds one, or what is given.</summary>
    public void Add(long amount = 1) => Interlocked.Add(ref _cells[Stripes.Current * Row], amount);
}
