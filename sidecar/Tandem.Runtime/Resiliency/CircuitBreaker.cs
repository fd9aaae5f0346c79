using Polly;
using Polly.CircuitBreaker;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Resiliency;

/// <summary>
/// A circuit breaker that opens when its CEL expression over the counts says so, which no ratio can express; closed, open and half
/// open as Dapr has them.
/// </summary>
internal sealed class CircuitBreaker(CircuitBreakerSettings settings, TimeProvider timeProvider, BreakerMeter? meter = null)
{
    private readonly Lock _lock = new();
    private long _generation;
    private State _state = State.Closed;
    private DateTimeOffset _expires;
    private Counts _counts;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>Lets a request pass, or not; the generation belongs to its <see cref="Report"/>.</summary>
    public bool TryEnter(out long generation)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if (_state is State.Open && now >= _expires)
            {
                Become(State.HalfOpen, now);
            }
            else if (_state is State.Closed && settings.Interval > TimeSpan.Zero && now >= _expires)
            {
                Become(State.Closed, now);
            }

            meter?.Used((int)_state);
            generation = _generation;
            if (_state is State.Open || (_state is State.HalfOpen && _counts.Requests >= settings.MaxRequests))
            {
                return false;
            }

            _counts.Requests++;
            return true;
        }
    }

    /// <summary>Counts a result, unless the circuit changed since the request entered.</summary>
    public void Report(long generation, bool succeeded)
    {
        lock (_lock)
        {
            if (generation != _generation)
            {
                return;
            }

            var now = timeProvider.GetUtcNow();
            if (succeeded)
            {
                _counts.TotalSuccesses++;
                _counts.ConsecutiveSuccesses++;
                _counts.ConsecutiveFailures = 0;
                if (_state is State.HalfOpen && _counts.ConsecutiveSuccesses >= settings.MaxRequests)
                {
                    Become(State.Closed, now);
                }

                return;
            }

            _counts.TotalFailures++;
            _counts.ConsecutiveFailures++;
            _counts.ConsecutiveSuccesses = 0;
            if (_state is State.HalfOpen || settings.Trip.IsTrue(_counts.ToVariables(), out _))
            {
                Become(State.Open, now);
            }
        }
    }

    private void Become(State state, DateTimeOffset now)
    {
        if (_state != state)
        {
            meter?.Became((int)state);
        }

        _state = state;
        _generation++;
        _counts = default;
        _expires = now + (state is State.Open ? settings.Timeout : settings.Interval);
    }

    private struct Counts
    {
        public long Requests;
        public long TotalSuccesses;
        public long TotalFailures;
        public long ConsecutiveSuccesses;
        public long ConsecutiveFailures;

        public readonly Dictionary<string, object?> ToVariables() => new(StringComparer.Ordinal)
        {
            ["requests"] = Requests,
            ["totalSuccesses"] = TotalSuccesses,
            ["totalFailures"] = TotalFailures,
            ["consecutiveSuccesses"] = ConsecutiveSuccesses,
            ["consecutiveFailures"] = ConsecutiveFailures,
        };
    }
}

/// <summary>Puts a <see cref="CircuitBreaker"/> into a Polly pipeline.</summary>
internal sealed class CircuitBreakerStrategy<TResult>(CircuitBreaker breaker, Func<Outcome<TResult>, bool> hasFailed) : ResilienceStrategy<TResult>
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        if (!breaker.TryEnter(out var generation))
        {
            return Outcome.FromException<TResult>(new BrokenCircuitException("the circuit breaker is open"));
        }

        var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        breaker.Report(generation, succeeded: !hasFailed(outcome));
        return outcome;
    }
}
