using Grpc.Core;
using Tandem.Grpc.Framing;

namespace Tandem.Grpc.Client;

/// <summary>A client's requests. A write returns when the server's window has room: its slowness is felt.</summary>
internal sealed class RequestWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly TaskCompletionSource<StreamContent> _content = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MessageWriter<TRequest>? _writer;
    private int _isWriting;
    private bool _isComplete;

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>The request's body, made anew for each attempt to connect.</summary>
    public HttpContent CreateContent()
    {
        return new StreamContent(_content);
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Begin();
        try
        {
            if (_isComplete)
            {
                throw new InvalidOperationException("The requests were completed: no more can be written.");
            }

            if (call.Ended is { } ended)
            {
                throw new RpcException(ended, call.GetTrailers());
            }

            var flags = (WriteOptions ?? call.Options.WriteOptions)?.Flags ?? default;
            using var buffer = new PooledBuffer();
            (_writer ??= call.CreateWriter()).Write(message, buffer, flags);
            await SendAsync(buffer.Written, flags, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public async Task CompleteAsync()
    {
        Begin();
        try
        {
            _isComplete = true;
            if (call.Ended is null)
            {
                (await _content.Task.WaitAsync(call.Token).ConfigureAwait(false)).End();
            }
        }
        catch (OperationCanceledException exception)
        {
            if (call.Ended is null or { StatusCode: not StatusCode.OK })
            {
                throw call.Fail(exception);
            }
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, WriteFlags flags, CancellationToken cancellationToken)
    {
        try
        {
            var content = await _content.Task.WaitAsync(call.Token).ConfigureAwait(false);
            var (stream, token) = (content.Stream!, content.Token);
            await using var fromWriter = cancellationToken.UnsafeRegister(static state => ((IDisposable)state!).Dispose(), call).ConfigureAwait(false);
            await stream.WriteAsync(message, token).ConfigureAwait(false);
            if ((flags & WriteFlags.BufferHint) == 0)
            {
                await stream.FlushAsync(token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Of any type: what broke the connection comes out of HttpClient's stream as it is, a decoder's own exceptions among it.
            throw await ExplainAsync(exception).ConfigureAwait(false);
        }
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The write before this one has not ended: one message is written at a time.");
        }
    }

    // The server may have ended the call while this side was writing: its status says more than the broken pipe.
    private async Task<Exception> ExplainAsync(Exception exception)
    {
        if (call.Ended is null && !call.Token.IsCancellationRequested)
        {
            try
            {
                await call.HeadersAsync.WaitAsync(TimeSpan.FromMilliseconds(250), call.Token).ConfigureAwait(false);
            }
            catch (Exception unknown) when (unknown is TimeoutException or OperationCanceledException or RpcException)
            {
                // Nothing more is known than that the write failed.
            }
        }

        return call.Ended is { } ended ? new RpcException(ended, call.GetTrailers())
            : call.Token.IsCancellationRequested ? call.Fail(exception)
            : new RpcException(Protocol.StatusMapping.FromException(exception));
    }
}
