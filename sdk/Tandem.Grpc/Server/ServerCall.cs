using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>The sending side of a call: it ends once, with the method's status or at the deadline, whichever is first; nothing is sent after that.</summary>
internal sealed class ServerCall(HttpServerCallContext context)
{
    private const int NoError = 0;

    private readonly SemaphoreSlim? _turn = context.CallDeadline is null ? null : new(1);
    private bool _hasEnded;

    /// <summary>Ends the call at its deadline although the method goes on.</summary>
    public Watch EndAtDeadline() => new(context.CallDeadline is null ? null : new DeadlineWatch(this, context));

    /// <summary>Sends something, unless the call has ended.</summary>
    /// <exception cref="OperationCanceledException">It has.</exception>
    public async ValueTask SendAsync<TState>(Func<TState, ValueTask> send, TState state)
    {
        if (_turn is null)
        {
            await send(state).ConfigureAwait(false);
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_hasEnded)
            {
                throw new OperationCanceledException("The call has ended: its deadline passed.");
            }

            await send(state).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends the status, unless the call has ended.</summary>
    public Task EndAsync(Status status, Metadata? trailers)
    {
        if (_turn is null)
        {
            WriteStatus(status, trailers);
            return Task.CompletedTask;
        }

        return EndInTurnAsync(status, trailers, isEarly: false);
    }

    private async Task EndInTurnAsync(Status status, Metadata? trailers, bool isEarly)
    {
        await _turn!.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_hasEnded)
            {
                return;
            }

            WriteStatus(status, trailers);
            _hasEnded = true;
            if (isEarly)
            {
                await context.Http.Response.CompleteAsync().ConfigureAwait(false);
                // The client need not send the rest of its requests.
                context.Http.Features.Get<IHttpResetFeature>()?.Reset(NoError);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // Before anything was sent the status goes with the headers: "trailers only".
    private void WriteStatus(Status status, Metadata? trailers)
    {
        var response = context.Http.Response;
        if (context.Http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (!response.HasStarted && !HasMessages)
        {
            MetadataHeaders.WriteStatus(response.Headers, status, trailers);
        }
        else if (context.Http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } destination)
        {
            MetadataHeaders.WriteStatus(destination, status, trailers);
        }
    }

    /// <summary>Whether a message was written, be it not sent yet.</summary>
    public bool HasMessages { get; set; }

    /// <summary>Waits for the deadline, until it is disposed of.</summary>
    internal readonly struct Watch(DeadlineWatch? watch) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => watch?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    internal sealed class DeadlineWatch : IAsyncDisposable
    {
        private readonly CancellationTokenRegistration _registration;
        private Task _ending = Task.CompletedTask;

        public DeadlineWatch(ServerCall call, HttpServerCallContext context)
            => _registration = context.CallDeadline!.Token.UnsafeRegister(
                _ =>
                {
                    if (context.CallDeadline.IsOver)
                    {
                        _ending = call.EndInTurnAsync(new Status(StatusCode.DeadlineExceeded, "The deadline passed."), null, isEarly: true);
                    }
                },
                null);

        public async ValueTask DisposeAsync()
        {
            await _registration.DisposeAsync().ConfigureAwait(false);
            await _ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
