using System.Collections.Concurrent;
using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Actors.Streaming;

/// <summary>Writes a message to the stream of the app; one at a time.</summary>
public delegate Task ActorStreamWriter(SubscribeActorEventsResponseAlpha1 message);

/// <summary>Calls of actors that go down a stream, each with an ID by which the app answers it.</summary>
public sealed class ActorStream(ActorStreamWriter write)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<HttpResponseMessage>> _waiting = new(StringComparer.Ordinal);
    private Task _lastWrite = Task.CompletedTask;
    private long _count;

    /// <summary>Completes when the sidecar ends the stream, or another takes its place.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The app answered a call.</summary>
    /// <returns>Whether somebody waits for it.</returns>
    public bool Answer(SubscribeActorEventsRequestAlpha1 message)
    {
        var (id, answer) = ActorStreamMessages.Read(message);
        if (_waiting.TryRemove(id, out var waiting) && waiting.TrySetResult(answer))
        {
            return true;
        }

        answer.Dispose();
        return false;
    }

    /// <summary>Ends the stream. When this returns nothing is written to it any more.</summary>
    public async Task EndAsync()
    {
        End();
        Task last;
        lock (_lock)
        {
            last = _lastWrite;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Nothing more is sent, and whoever waits for an answer hears that there is none.</summary>
    public void End()
    {
        _ended.TrySetResult();
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiting))
            {
                waiting.TrySetException(Gone());
            }
        }
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var message = await ActorStreamMessages.CreateAsync(id, request, cancellationToken).ConfigureAwait(false);
        var answer = _waiting[id] = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (_ended.Task.IsCompleted)
            {
                throw Gone();
            }

            await WriteInTurnAsync(message, cancellationToken).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private async Task WriteInTurnAsync(SubscribeActorEventsResponseAlpha1 message, CancellationToken cancellationToken)
    {
        Task writing;
        lock (_lock)
        {
            writing = _lastWrite = WriteAfterAsync(_lastWrite, message);
        }

        try
        {
            await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AppUnreachableException($"the app's actor stream broke: {exception.Message}", exception) { Broke = true };
        }
    }

    private async Task WriteAfterAsync(Task previous, SubscribeActorEventsResponseAlpha1 message)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (_ended.Task.IsCompleted)
        {
            throw Gone();
        }

        await write(message).ConfigureAwait(false);
    }

    private static AppUnreachableException Gone() => new("the app's actor stream has ended") { Broke = true };
}
