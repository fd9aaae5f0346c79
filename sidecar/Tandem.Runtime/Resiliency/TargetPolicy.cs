using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Resiliency;

/// <summary>The policies of one target; a pipeline of them is built once for each kind of result, and kept.</summary>
public sealed class TargetPolicy(TimeSpan? timeout, RetrySettings? retry, CircuitBreakerSettings? circuitBreaker, TimeProvider timeProvider, TargetMeters? meters = null)
{
    /// <summary>Whether an operation may be carried out more than once, so that its input must be kept.</summary>
    public bool MayRepeat => retry is { MaxRetries: not 0 };

    /// <summary>Builds the pipeline: retries around the circuit breaker around the timeout.</summary>
    /// <param name="failedStatus">
    /// The status of a result that counts as failed (an HTTP status or, below 100, a gRPC status; 0 where it has none),
    /// <see langword="null"/> for one that is good.
    /// </param>
    /// <param name="isTransient">Which exceptions count as failures of the target; others pass through uncounted.</param>
    /// <param name="mayRepeat">Whether an operation that failed can be carried out again; without it any can.</param>
    public ResiliencePipeline<TResult> Build<TResult>(
        Func<TResult, int?> failedStatus, Func<Exception, bool> isTransient, Func<ResilienceContext, bool>? mayRepeat = null)
    {
        var builder = new ResiliencePipelineBuilder<TResult> { TimeProvider = timeProvider };
        if (meters is not null && (retry is not null || timeout is not null))
        {
            builder.AddStrategy(_ => new CountingStrategy<TResult>(retry is null ? null : meters.Retry.Used, timeout is null ? null : meters.Timeout.Used), new UncheckedOptions());
        }

        if (retry is { MaxRetries: not 0 })
        {
            builder.AddRetry(new RetryStrategyOptions<TResult>
            {
                MaxRetryAttempts = retry.MaxRetries < 0 ? int.MaxValue : retry.MaxRetries,
                ShouldHandle = arguments => ValueTask.FromResult(
                    IsWorthARetry(arguments.Outcome, failedStatus, isTransient) && (mayRepeat is null || mayRepeat(arguments.Context))),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(DelayBefore(arguments.AttemptNumber)),
                // The delay is all ours: Polly's own would be added only where the generator has none.
                Delay = TimeSpan.Zero,
                OnRetry = _ =>
                {
                    meters?.Retry.Activated.Add();
                    return default;
                },
            });
        }

        if (circuitBreaker is not null)
        {
            var breaker = new CircuitBreaker(circuitBreaker, timeProvider, meters?.CreateBreaker());
            builder.AddStrategy(_ => new CircuitBreakerStrategy<TResult>(breaker, outcome => HasFailed(outcome, failedStatus, isTransient)), new UncheckedOptions());
        }

        if (timeout is { } limit && limit > TimeSpan.Zero)
        {
            builder.AddTimeout(new TimeoutStrategyOptions
            {
                Timeout = limit,
                OnTimeout = _ =>
                {
                    meters?.Timeout.Activated.Add();
                    return default;
                },
            });
        }

        return builder.Build();
    }

    private bool IsWorthARetry<TResult>(Outcome<TResult> outcome, Func<TResult, int?> failedStatus, Func<Exception, bool> isTransient)
    {
        if (!HasFailed(outcome, failedStatus, isTransient) || outcome.Exception is BrokenCircuitException)
        {
            return false;
        }

        if (outcome.Exception is not null)
        {
            return true;
        }

        var status = failedStatus(outcome.Result!) ?? 0;
        return (status is > 0 and < 100 ? retry!.GrpcStatusCodes : retry!.HttpStatusCodes) is not { } codes || codes.Contains(status);
    }

    private static bool HasFailed<TResult>(Outcome<TResult> outcome, Func<TResult, int?> failedStatus, Func<Exception, bool> isTransient)
        => outcome.Exception is { } exception
            ? exception is TimeoutRejectedException || isTransient(exception)
            : failedStatus(outcome.Result!) is not null;

    private TimeSpan DelayBefore(int attempt)
    {
        if (!retry!.IsExponential)
        {
            return retry.Duration;
        }

        var ticks = retry.InitialInterval.Ticks * Math.Pow(retry.Multiplier, attempt);
#pragma warning disable CA5394 // A delay needs no secrecy.
        var jitter = 1 + (retry.Jitter * ((Random.Shared.NextDouble() * 2) - 1));
#pragma warning restore CA5394
        return TimeSpan.FromTicks((long)(Math.Min(ticks, retry.MaxInterval.Ticks) * jitter));
    }

    private sealed class UncheckedOptions : ResilienceStrategyOptions;
}
