namespace Tandem.Runtime.Metrics;

/// <summary>The few series that differ by a number alone; a look through them is quicker than any table.</summary>
internal sealed class StatusSeries<TValue>(Func<int, TValue> create)
    where TValue : class
{
    private readonly Lock _adding = new();
    private volatile (int Key, TValue Value)[] _all = [];

    /// <summary>The series of the number.</summary>
    public TValue Find(int key)
    {
        foreach (ref readonly var one in _all.AsSpan())
        {
            if (one.Key == key)
            {
                return one.Value;
            }
        }

        return Add(key);
    }

    private TValue Add(int key)
    {
        var value = create(key);
        lock (_adding)
        {
            if (!Array.Exists(_all, one => one.Key == key))
            {
                _all = [.. _all, (key, value)];
            }
        }

        return value;
    }
}
