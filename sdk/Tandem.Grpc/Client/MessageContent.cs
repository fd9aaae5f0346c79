using System.Net;
using System.Net.Http.Headers;
using Tandem.Grpc.Framing;

namespace Tandem.Grpc.Client;

/// <summary>
/// The body of a call with one request. It may be sent more than once, when a connection is closing, and still be on its way when the
/// response is there: the buffer goes back when neither the call nor a send needs it.
/// </summary>
internal sealed class MessageContent : HttpContent
{
    private readonly PooledBuffer _message;
    private int _users = 1;

    public MessageContent(PooledBuffer message)
    {
        _message = message;
        Headers.ContentType = ContentTypes.Grpc;
    }

    /// <summary>The call has ended.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _message.Dispose();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!TryUse())
        {
            throw new OperationCanceledException("The call has ended.");
        }

        try
        {
            await stream.WriteAsync(_message.Written, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    // The length is not announced: no gRPC implementation needs it.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The body of a call with many requests: they are written while the call runs.</summary>
internal sealed class StreamContent : HttpContent
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<StreamContent> _begun;

    public StreamContent(TaskCompletionSource<StreamContent> begun)
    {
        _begun = begun;
        Headers.ContentType = ContentTypes.Grpc;
    }

    /// <summary>Where to write; there as soon as the call has begun.</summary>
    public Stream? Stream { get; private set; }

    /// <summary>Cancelled when the connection takes no more.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>There are no more requests.</summary>
    public void End() => _end.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers go out before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        (Stream, Token) = (stream, cancellationToken);
        _begun.TrySetResult(this);
        await _end.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>What all requests say.</summary>
internal static class ContentTypes
{
    public static readonly MediaTypeHeaderValue Grpc = new("application/grpc");
}

/// <summary>How this library calls itself: "grpc-", the language, the variant, the version, as the specification has it.</summary>
internal static class UserAgent
{
    public static readonly string Value = $"grpc-dotnet-tandem/{typeof(UserAgent).Assembly.GetName().Version?.ToString(3)}";
}
