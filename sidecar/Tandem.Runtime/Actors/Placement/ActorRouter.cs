using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Peers;

namespace Tandem.Runtime.Actors.Placement;

/// <summary>Takes a call to wherever its actor is placed. While nobody hosts the actor's type (an app starts, or starts again) it waits a while.</summary>
internal sealed class ActorRouter(ActorRuntimeContext context, ActorPlacement placement, ActorRuntime self)
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls the actor.</summary>
    public async Task<ActorAnswer> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
    {
        if (call.IsFromPeer)
        {
            // The other sidecar looks again when this one says no: two that disagree must not send a call round and round.
            var owner = await placement.FindAsync(call.ActorType, call.ActorId, cancellationToken).ConfigureAwait(false);
            return (ReferenceEquals(owner.Runtime, self) ? await self.InvokeHereAsync(call, cancellationToken).ConfigureAwait(false) : null)
                ?? ActorAnswer.Failed(ActorErrors.NoAddress(call.ActorType, call.ActorId) with { Status = ActorRuntime.NotHereStatus });
        }

        var began = 0L;
        var pause = FirstPause;
        while (true)
        {
            var (answer, trouble) = await TryInvokeAsync(call, cancellationToken).ConfigureAwait(false);
            if (answer is not null)
            {
                return answer;
            }

            began = began == 0 ? context.TimeProvider.GetTimestamp() : began;
            if (context.TimeProvider.GetElapsedTime(began) + pause > Patience)
            {
                return ActorAnswer.Failed(trouble is null ? ActorErrors.NoAddress(call.ActorType, call.ActorId) : ActorErrors.Invoke(trouble));
            }

            await Task.Delay(pause, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async ValueTask<(ActorAnswer? Answer, string? Trouble)> TryInvokeAsync(ActorCall call, CancellationToken cancellationToken)
    {
        ActorOwner owner;
        try
        {
            owner = await placement.FindAsync(call.ActorType, call.ActorId, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the name resolver's trouble is, it is the answer's reason.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return (null, exception.Message);
        }

        if (owner.Runtime is { } runtime)
        {
            return (await runtime.InvokeHereAsync(call, cancellationToken).ConfigureAwait(false), null);
        }

        return owner.Address is { } address ? await CallPeerAsync(address, call, cancellationToken).ConfigureAwait(false) : (null, null);
    }

    private async ValueTask<(ActorAnswer? Answer, string? Trouble)> CallPeerAsync(string address, ActorCall call, CancellationToken cancellationToken)
    {
        var path = $"{ActorRequest.PathOf(call.ActorType, call.ActorId)}/method/{call.Method}{call.Query}";
        using var request = ActorRequest.Create(path, call, call.ReentrancyId);
        try
        {
            using var response = await context.Peers.SendAsync(address, request, cancellationToken).ConfigureAwait(false);
            var answer = await ActorAnswer.ReadAsync(response, cancellationToken).ConfigureAwait(false);

            // The status that the route answers with when the actor is not there: it has not run, so it may be tried again.
            return answer.Status == ActorRuntime.NotHereStatus ? (null, null) : (answer, null);
        }
        catch (PeerUnreachableException exception) when (exception.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
        {
            // Nothing was sent: its process ended, and the registry does not know yet.
            return (null, exception.Message);
        }
        catch (Exception exception) when (exception is PeerUnreachableException or HttpRequestException or IOException)
        {
            return (ActorAnswer.Failed(ActorErrors.Invoke(exception.Message)), null);
        }
    }
}
