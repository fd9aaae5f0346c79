using Grpc.Core;
using Tandem.Runtime.Actors.Streaming;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Actors;

/// <summary>
/// Actors that an app hosts over a stream which it opens itself: the first message says which, then calls go down and answers come up. The
/// app needs no port for them.
/// </summary>
internal static class ActorEventStream
{
    public static async Task RunAsync(
        SidecarInstance sidecar,
        IAsyncStreamReader<Proto.SubscribeActorEventsRequestAlpha1> requests,
        IServerStreamWriter<Proto.SubscribeActorEventsResponseAlpha1> responses,
        CancellationToken cancellationToken)
    {
        if (sidecar.Options is { AppPort: not null, AppProtocol: not ("grpc" or "grpcs") })
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "the app speaks HTTP: it is asked for its actors there (GET /dapr/config), and not by a stream"));
        }

        var initial = await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? requests.Current.InitialRequest : null;
        if (initial is null)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message must be the initial request"));
        }

        var blocks = sidecar.Blocks;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stream = new ActorStream(async message =>
        {
            // No call goes before the answer to the first message.
            await begun.Task.WaitAsync(over.Token).ConfigureAwait(false);
            await responses.WriteAsync(message, over.Token).ConfigureAwait(false);
        });
        blocks.ActorApp.Open(stream);
        try
        {
            await blocks.Actors.RegisterAsync(ActorStreamConfiguration.Read(initial), cancellationToken).ConfigureAwait(false);
            await responses.WriteAsync(new() { InitialResponse = new() }, cancellationToken).ConfigureAwait(false);
            begun.SetResult();
            var reading = ReadAnswersAsync(requests, stream, over.Token);
            if (await Task.WhenAny(reading, stream.Ended).ConfigureAwait(false) == stream.Ended)
            {
                await over.CancelAsync().ConfigureAwait(false);
                await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new RpcException(new Status(StatusCode.Unavailable, "the actor stream has ended: the sidecar stops, or the app has opened another"));
            }

            await reading.ConfigureAwait(false);
        }
        finally
        {
            begun.TrySetCanceled(CancellationToken.None);
            await over.CancelAsync().ConfigureAwait(false);
            await stream.EndAsync().ConfigureAwait(false);
            if (blocks.ActorApp.Close(stream))
            {
                await blocks.Actors.UnregisterAsync(appIsGone: true, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static async Task ReadAnswersAsync(IAsyncStreamReader<Proto.SubscribeActorEventsRequestAlpha1> requests, ActorStream stream, CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            // An answer that nobody waits for any more is of a call whose caller has gone.
            stream.Answer(requests.Current);
        }
    }
}
