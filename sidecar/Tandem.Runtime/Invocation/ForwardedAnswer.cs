using Tandem.Runtime.Http1;

namespace Tandem.Runtime.Invocation;

/// <summary>A callee's answer, on its way to the caller: an exchange over plain HTTP/1.1, or a message where it came another way.</summary>
public readonly struct ForwardedAnswer : IAsyncDisposable
{
    /// <summary>An answer over plain HTTP/1.1.</summary>
    public ForwardedAnswer(Http1Connection exchange) => Exchange = exchange;

    /// <summary>An answer that came over TLS or HTTP/2.</summary>
    public ForwardedAnswer(HttpResponseMessage message) => Message = message;

    /// <summary>The exchange, or <see langword="null"/>.</summary>
    public Http1Connection? Exchange { get; }

    /// <summary>The message, or <see langword="null"/>.</summary>
    public HttpResponseMessage? Message { get; }

    /// <summary>The status.</summary>
    public int StatusCode => Exchange?.StatusCode ?? (int)Message!.StatusCode;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Message?.Dispose();
        return Exchange?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
