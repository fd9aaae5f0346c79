namespace Tandem.Runtime.Peers;

/// <summary>The way from one sidecar to another one's internal listener, in this process or another of the machine.</summary>
public interface IPeerChannel
{
    /// <summary>Sends a request with a relative URI to the internal listener at <paramref name="address"/> (<c>host:port</c>); the answer's body streams.</summary>
    /// <exception cref="PeerUnreachableException">No connection, or it broke before an answer.</exception>
    Task<HttpResponseMessage> SendAsync(string address, HttpRequestMessage request, CancellationToken cancellationToken);
}

/// <summary>Another sidecar did not answer.</summary>
public sealed class PeerUnreachableException(string message, Exception? innerException = null) : Exception(message, innerException);
