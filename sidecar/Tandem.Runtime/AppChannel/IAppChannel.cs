using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.AppChannel;

/// <summary>The way from the sidecar to its app. One connection pool, one token, one gate for the app's health and concurrency.</summary>
public interface IAppChannel
{
    /// <summary>Whether an app stands beside this sidecar at all.</summary>
    bool IsConfigured { get; }

    /// <summary>Whether the app may be called now: its port was seen open, and its health checks (if any) pass.</summary>
    bool IsHealthy { get; }

    /// <summary>The spans of the app's sidecar; <see langword="null"/> when it makes none.</summary>
    TraceContext? Tracing => null;

    /// <summary>What the building blocks call the app for, in the protocol that it speaks.</summary>
    IAppCallbacks Callbacks => new HttpAppCallbacks(this);

    /// <summary>Completes when <see cref="IsHealthy"/> next becomes (or already is) true.</summary>
    Task WaitUntilHealthyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request whose URI is relative to the app (<c>/orders</c>); answers as soon as the headers are there, the body streams.
    /// The channel adds the <c>dapr-api-token</c> header when the sidecar has an app token. An app that speaks gRPC gets it as an invocation.
    /// </summary>
    /// <exception cref="AppUnreachableException">No connection, or it broke before an answer.</exception>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}

/// <summary>The app did not answer: it is down, or starting, or the connection broke.</summary>
public sealed class AppUnreachableException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The app had taken the connection and broke it off: perhaps because of what it was sent.</summary>
    public bool Broke { get; init; }

    /// <summary>Nobody listens where the app should be.</summary>
    public bool IsRefused { get; init; }
}
