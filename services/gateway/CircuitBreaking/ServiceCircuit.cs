using Polly;
using Polly.CircuitBreaker;

namespace Tandem.Gateway;

/// <summary>The circuit of one service: open after too many failures, half open after its timeout, closed again by a success.</summary>
internal sealed partial class ServiceCircuit
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private DateTimeOffset? _openedAt;
    private DateTimeOffset? _nextAttemptAt;
    private long _openings;
    private volatile bool _isJudged;

    /// <param name="service">The service's app id.</param>
    /// <param name="isJudgedFromTheStart">Whether failures count before the service has ever succeeded: where Dapr finds it, it may be starting beside the gateway.</param>
    public ServiceCircuit(string service, bool isJudgedFromTheStart, CircuitBreakerOptions options, GatewayMetrics metrics, TimeProvider time, ILogger logger)
    {
        Service = service;
        _isJudged = isJudgedFromTheStart;
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = CircuitBreakerOptions.FailureRatio,
                MinimumThroughput = options.MaxRequests,
                SamplingDuration = options.Interval,
                BreakDuration = options.Timeout,
                StateProvider = _state,
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome is { Exception: null, Result: false }),
                OnOpened = arguments =>
                {
                    Opened(arguments.BreakDuration);
                    metrics.CircuitOpened(service);
                    Log.Opened(logger, service, arguments.BreakDuration.TotalSeconds);
                    return ValueTask.CompletedTask;
                },
                OnHalfOpened = _ =>
                {
                    Log.HalfOpened(logger, service);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    Closed();
                    Log.Closed(logger, service);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>The service's app id.</summary>
    public string Service { get; }

    /// <summary>How the circuit is now.</summary>
    public CircuitStatus Status
    {
        get
        {
            lock (_lock)
            {
                // Polly goes on to "half open" with the next request only; whoever asks sees it when the time is over.
                var isDue = _state.CircuitState is CircuitState.Open && _nextAttemptAt <= _time.GetUtcNow();
                var state = isDue || _state.CircuitState is CircuitState.HalfOpen ? "half_open" : _state.CircuitState is CircuitState.Closed ? "closed" : "open";
                return new CircuitStatus(state, _openings, state == "closed" ? null : _openedAt, state == "open" ? _nextAttemptAt : null);
            }
        }
    }

    /// <summary>Makes a call; it says whether the service did its part.</summary>
    /// <returns>How long to wait before the next try, when the circuit is open and the call was not made.</returns>
    public async ValueTask<TimeSpan?> CallAsync(Func<ValueTask<bool>> call, CancellationToken cancellationToken)
    {
        try
        {
            await _pipeline.ExecuteAsync(
                async (call, _) =>
                {
                    var succeeded = await call();
                    _isJudged |= succeeded;
                    return succeeded || !_isJudged;
                },
                call,
                cancellationToken);
            return null;
        }
        catch (BrokenCircuitException exception)
        {
            return exception.RetryAfter ?? TimeSpan.FromSeconds(1);
        }
    }

    private void Opened(TimeSpan duration)
    {
        lock (_lock)
        {
            _openings++;
            _openedAt = _time.GetUtcNow();
            _nextAttemptAt = _openedAt + duration;
        }
    }

    private void Closed()
    {
        lock (_lock)
        {
            (_openedAt, _nextAttemptAt) = (null, null);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5511, LogLevel.Warning, "The circuit of {Service} is open for {Seconds} s: too many of its answers were failures")]
        public static partial void Opened(ILogger logger, string service, double seconds);

        [LoggerMessage(5512, LogLevel.Information, "The circuit of {Service} is half open: one request tries it")]
        public static partial void HalfOpened(ILogger logger, string service);

        [LoggerMessage(5513, LogLevel.Information, "The circuit of {Service} is closed")]
        public static partial void Closed(ILogger logger, string service);
    }
}

/// <summary>How a circuit is.</summary>
/// <param name="State">closed, open or half_open.</param>
/// <param name="Openings">How often it has opened since the start.</param>
/// <param name="OpenedAt">Since when it is not closed.</param>
/// <param name="NextAttemptAt">When a request may try the service again.</param>
internal sealed record CircuitStatus(string State, long Openings, DateTimeOffset? OpenedAt, DateTimeOffset? NextAttemptAt);
