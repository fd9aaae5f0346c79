using System.Collections.Concurrent;

namespace Tandem.Gateway;

/// <summary>
/// A bucket of tokens for each client: as many as the burst allows, refilled evenly so that a window brings as many as its requests.
/// </summary>
internal sealed class RateLimiter(RateLimitOptions options, TimeProvider time)
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly double _perSecond = options.Requests / options.Window.TotalSeconds;
    private int _sinceSweep;

    /// <summary>Takes a token, if there is one.</summary>
    public Decision Take(string client)
    {
        if (Interlocked.Increment(ref _sinceSweep) >= SweepEvery)
        {
            Sweep();
        }

        var bucket = _buckets.GetOrAdd(client, static (_, state) => new Bucket(state.options.Burst, state.now), (options, now: time.GetTimestamp()));
        lock (bucket)
        {
            Refill(bucket);
            var allowed = bucket.Tokens >= 1;
            if (allowed)
            {
                bucket.Tokens--;
            }

            return new Decision(
                allowed,
                (int)bucket.Tokens,
                allowed ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - bucket.Tokens) / _perSecond),
                TimeSpan.FromSeconds((options.Burst - bucket.Tokens) / _perSecond));
        }
    }

    private void Refill(Bucket bucket)
    {
        var now = time.GetTimestamp();
        bucket.Tokens = Math.Min(options.Burst, bucket.Tokens + (time.GetElapsedTime(bucket.FilledAt, now).TotalSeconds * _perSecond));
        bucket.FilledAt = now;
    }

    /// <summary>A full bucket is as good as none.</summary>
    private void Sweep()
    {
        Interlocked.Exchange(ref _sinceSweep, 0);
        foreach (var entry in _buckets)
        {
            lock (entry.Value)
            {
                Refill(entry.Value);
                if (entry.Value.Tokens >= options.Burst)
                {
                    _buckets.TryRemove(entry);
                }
            }
        }
    }

    /// <summary>What the limiter says about one request.</summary>
    /// <param name="Allowed">Whether it may pass.</param>
    /// <param name="Remaining">How many more may pass at once.</param>
    /// <param name="RetryAfter">When the next may pass.</param>
    /// <param name="Reset">When the burst is whole again.</param>
    internal readonly record struct Decision(bool Allowed, int Remaining, TimeSpan RetryAfter, TimeSpan Reset);

    private sealed class Bucket(double tokens, long filledAt)
    {
        public double Tokens { get; set; } = tokens;

        public long FilledAt { get; set; } = filledAt;
    }
}
