using System.Collections.Concurrent;

namespace Tandem.Components.Http.Middleware.RateLimit;

/// <summary>A token bucket for each key. A key that has been quiet until its bucket was full again costs nothing any more.</summary>
internal sealed class TokenBuckets<TKey>(double perSecond, TimeProvider timeProvider)
    where TKey : notnull
{
    /// <summary>From here on full buckets are looked for: a caller that makes up keys cannot fill the memory.</summary>
    private const int Many = 10_000;

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();
    private readonly double _capacity = Math.Max(1, Math.Floor(perSecond));

    public bool TryTake(TKey key)
    {
        var now = timeProvider.GetTimestamp();
        if (_buckets.Count >= Many)
        {
            RemoveFull(now);
        }

        while (true)
        {
            var bucket = _buckets.GetOrAdd(key, static (_, argument) => new Bucket(argument._capacity, argument.now), (_capacity, now));
            lock (bucket)
            {
                if (bucket.IsGone)
                {
                    continue;
                }

                Fill(bucket, now);
                if (bucket.Tokens < 1)
                {
                    return false;
                }

                bucket.Tokens--;
                return true;
            }
        }
    }

    private void Fill(Bucket bucket, long now)
    {
        var elapsed = timeProvider.GetElapsedTime(bucket.FilledAt, now);
        if (elapsed > TimeSpan.Zero)
        {
            bucket.Tokens = Math.Min(_capacity, bucket.Tokens + (elapsed.TotalSeconds * perSecond));
            bucket.FilledAt = now;
        }
    }

    private void RemoveFull(long now)
    {
        foreach (var (key, bucket) in _buckets)
        {
            lock (bucket)
            {
                Fill(bucket, now);
                if (bucket.Tokens >= _capacity && _buckets.TryRemove(key, out _))
                {
                    bucket.IsGone = true;
                }
            }
        }
    }

    private sealed class Bucket(double tokens, long filledAt)
    {
        public double Tokens { get; set; } = tokens;

        public long FilledAt { get; set; } = filledAt;

        public bool IsGone { get; set; }
    }
}
