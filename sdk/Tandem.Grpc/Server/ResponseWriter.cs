using Grpc.Core;
using Tandem.Grpc.Framing;

namespace Tandem.Grpc.Server;

/// <summary>A method's responses. A write returns when the client's window has room: its slowness is felt.</summary>
internal sealed class ResponseWriter<TResponse>(HttpServerCallContext context, ServerCall call, MessageWriter<TResponse> writer) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private bool _isEncodingChosen;
    private int _isWriting;

    /// <inheritdoc/>
    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    /// <inheritdoc/>
    public Task WriteAsync(TResponse message) => WriteAsync(message, context.CancellationToken);

    /// <inheritdoc/>
    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The write before this one has not ended: one message is written at a time.");
        }

        try
        {
            await call.SendAsync(
                static async state =>
                {
                    var (self, message, cancellationToken) = state;
                    self.Write(message);
                    var isBuffered = ((self.WriteOptions?.Flags ?? default) & WriteFlags.BufferHint) != 0;
                    if (!isBuffered)
                    {
                        var result = await self.Http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
                        if (result.IsCompleted)
                        {
                            await self.Context.WaitUntilAbortedAsync().ConfigureAwait(false);
                            throw new OperationCanceledException("The client takes no more messages.");
                        }
                    }
                },
                (this, message, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    /// <summary>Writes the only response; it goes out together with the status.</summary>
    public ValueTask WriteLastAsync(TResponse? message)
        => message is null
            ? throw new RpcException(new Status(StatusCode.Cancelled, "The method returned no message."))
            : call.SendAsync(
                static state =>
                {
                    state.Self.Write(state.Message);
                    return ValueTask.CompletedTask;
                },
                (Self: this, Message: message));

    private HttpServerCallContext Context => context;

    private Microsoft.AspNetCore.Http.HttpContext Http => context.Http;

    private void Write(TResponse message)
    {
        if (!_isEncodingChosen)
        {
            _isEncodingChosen = true;
            writer.Compression = context.ApplyEncoding();
        }

        writer.Write(message, Http.Response.BodyWriter, WriteOptions?.Flags ?? default);
        call.HasMessages = true;
    }
}
