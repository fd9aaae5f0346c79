using System.Net.Http.Headers;
using System.Text.Json;

namespace Dapr.Client;

/// <summary>
/// Calls the building blocks of the app's Dapr sidecar. Make one with <see cref="DaprClientBuilder"/> or take it from dependency injection
/// (<c>AddDaprClient</c>), and keep it: it is safe for concurrent use and holds the connections.
/// </summary>
public abstract partial class DaprClient : IDisposable
{
    private bool _disposed;

    /// <summary>The options that values are serialized with.</summary>
    public abstract JsonSerializerOptions JsonSerializerOptions { get; }

    /// <summary>What names the SDK and its version in requests.</summary>
    protected static ProductInfoHeaderValue UserAgent() => SidecarHttp.UserAgent;

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Dispose(disposing: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the client holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
