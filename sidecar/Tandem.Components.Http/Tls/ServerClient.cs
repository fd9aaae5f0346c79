using System.Net;
using System.Security.Authentication;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Tls;

/// <summary>Sends requests to the one server behind a component, and says in one sentence when it cannot be reached.</summary>
/// <param name="field">The metadata field that says where the server is.</param>
internal sealed class ServerClient(string server, string field, Uri address, SocketsHttpHandler handler, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>The name under which the server is asked for, and that its certificate must be for, where it is not the address's.</summary>
    public string? HostName { get; init; }

    /// <summary>Sends a request; answers status and body.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="ComponentMetadataException">There is no TLS with it, or it has no such name.</exception>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Host = HostName;
        using var timeout = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{server} at {address.Authority} did not answer within {Patience.TotalSeconds:0} s", exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AuthenticationException)
        {
            throw new ComponentMetadataException(field, $"leads to {address.Authority}, and there is no TLS with it: {exception.InnerException.GetBaseException().Message}", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new HttpRequestException($"{server} at {address.Authority} cannot be reached: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>Waits until the server answers, whatever it says.</summary>
    public async Task WaitUntilUpAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        while (true)
        {
            HttpRequestException fault;
            try
            {
                using var request = create();
                await SendAsync(request, cancellationToken);
                return;
            }
            catch (HttpRequestException exception)
            {
                fault = exception;
            }

            try
            {
                await Task.Delay(Pause, timeProvider, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Whoever waited is told what for.
                throw fault;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
