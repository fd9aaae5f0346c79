using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Actors.Invocation;

/// <summary>
/// Calls actors under the resiliency policies of their type, at the sidecar that took the call. A call that timed out leaves the queue;
/// one that is in its turn ends for the caller, while the turn goes on until the app has answered.
/// </summary>
internal sealed class ActorPolicies(ResiliencyPolicies? policies, ActorRouter router)
{
    /// <summary>Types beyond this many share no pipeline, so that calls to random names cost no memory.</summary>
    private const int MostKeptTypes = 1024;

    private readonly ConcurrentDictionary<string, ResiliencePipeline<ActorAnswer>?> _pipelines = new(StringComparer.Ordinal);

    /// <summary>Calls the actor.</summary>
    public Task<ActorAnswer> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
        => Find(call.ActorType) is { } pipeline ? InvokeAsync(pipeline, call, cancellationToken) : router.InvokeAsync(call, cancellationToken);

    private async Task<ActorAnswer> InvokeAsync(ResiliencePipeline<ActorAnswer> pipeline, ActorCall call, CancellationToken cancellationToken)
    {
        // A turn that is not waited for any longer outlives the request whose headers these are.
        var kept = call with { Headers = call.Headers is { } headers ? new HeaderDictionary(headers.ToDictionary(StringComparer.OrdinalIgnoreCase)) : null };
        try
        {
            return await pipeline.ExecuteAsync(
                static async (state, token) => await state.router.InvokeAsync(state.kept, token).WaitAsync(token).ConfigureAwait(false),
                (router, kept),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BrokenCircuitException or TimeoutRejectedException)
        {
            return ActorAnswer.Failed(ActorErrors.Invoke(exception.Message));
        }
    }

    private ResiliencePipeline<ActorAnswer>? Find(string actorType)
    {
        ResiliencePipeline<ActorAnswer>? known = null;
        if (policies is null || _pipelines.TryGetValue(actorType, out known))
        {
            return known;
        }

        var pipeline = policies.Find(TargetKind.Actor, actorType)?.Build<ActorAnswer>(static answer => answer.Error?.Status, static _ => false);
        return _pipelines.Count < MostKeptTypes ? _pipelines.GetOrAdd(actorType, pipeline) : pipeline;
    }
}
