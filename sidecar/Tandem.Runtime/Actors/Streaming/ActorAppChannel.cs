using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Actors.Streaming;

/// <summary>The way to the actors of an app: the stream that the app opened for them, where it did, or else the app's own channel.</summary>
public sealed class ActorAppChannel(IAppChannel app) : IAppChannel
{
    private ActorStream? _stream;

    /// <summary>Whether the app's actors are reached by a stream at the moment.</summary>
    public bool HasStream => Volatile.Read(ref _stream) is not null;

    /// <inheritdoc/>
    public bool IsConfigured => HasStream || app.IsConfigured;

    /// <inheritdoc/>
    public bool IsHealthy => HasStream || app.IsHealthy;

    /// <inheritdoc/>
    public TraceContext? Tracing => app.Tracing;

    /// <inheritdoc/>
    public IAppCallbacks Callbacks => app.Callbacks;

    /// <inheritdoc/>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => HasStream ? Task.CompletedTask : app.WaitUntilHealthyAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => Volatile.Read(ref _stream) is { } stream ? stream.SendAsync(request, cancellationToken) : app.SendAsync(request, cancellationToken);

    /// <summary>The app opened a stream. It takes the place of one that there is: an app that comes back is sooner seen than that it went.</summary>
    public void Open(ActorStream stream) => Interlocked.Exchange(ref _stream, stream)?.End();

    /// <summary>The stream is over; <see langword="false"/> when another has taken its place.</summary>
    public bool Close(ActorStream stream)
    {
        stream.End();
        return Interlocked.CompareExchange(ref _stream, null, stream) == stream;
    }

    /// <summary>The sidecar stops.</summary>
    public void EndStream() => Volatile.Read(ref _stream)?.End();
}
