using System.Diagnostics;
using Polly;
using Tandem.Runtime.Components;
using Tandem.Runtime.Metrics.Components;

namespace Tandem.Runtime.Resiliency;

/// <summary>Carries out a component's operations under its outbound policies, and keeps the component open while they run.</summary>
public sealed class OutboundPolicy(ResiliencyPolicies policies, LoadedComponent component)
{
    private readonly ResiliencePipeline<object?>? _pipeline = policies.Find(TargetKind.ComponentOutbound, component.Name, component.Resource.Type)
        ?.Build<object?>(static _ => null, static exception => exception is not OperationCanceledException and not Errors.DaprException);

    /// <summary>Carries out one operation.</summary>
    /// <param name="meter">Takes its time, with all tries; <see langword="null"/> when it is not taken.</param>
    /// <param name="hasSucceeded">Whether a result is a success; without it every result is.</param>
    public async ValueTask<TResult> RunAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation,
        TState state,
        CancellationToken cancellationToken,
        OperationMeter? meter = null,
        Func<TResult, bool>? hasSucceeded = null)
    {
        var began = meter is null ? 0 : Stopwatch.GetTimestamp();
        var succeeded = false;
        component.Enter();
        try
        {
            var result = _pipeline is null
                ? await operation(state, cancellationToken).ConfigureAwait(false)
                : (TResult)(await _pipeline.ExecuteAsync(
                    static async (argument, token) => (object?)await argument.operation(argument.state, token).ConfigureAwait(false),
                    (operation, state),
                    cancellationToken).ConfigureAwait(false))!;
            succeeded = hasSucceeded is null || hasSucceeded(result);
            return result;
        }
        finally
        {
            component.Leave();
            meter?.Record(succeeded, began);
        }
    }
}
