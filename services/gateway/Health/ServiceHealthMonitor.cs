using System.Net.Sockets;

namespace Tandem.Gateway;

/// <summary>
/// Asks every service whether it is ready. What is known is given for a second, so that many who ask the gateway do not become many times
/// as many questions to the services.
/// </summary>
internal sealed class ServiceHealthMonitor(GatewayOptions options, HttpClient http, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private (IReadOnlyList<ServiceHealth> Services, long At)? _known;

    public async Task<IReadOnlyList<ServiceHealth>> AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_known is not { } known || time.GetElapsedTime(known.At) > Lifetime)
            {
                var services = await Task.WhenAll(options.Services.Where(static service => service.Enabled).Select(service => AskAsync(service, cancellationToken)));
                _known = known = (services, time.GetTimestamp());
            }

            return known.Services;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<ServiceHealth> AskAsync(ServiceOptions service, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        string status;
        string? detail = null;
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(service));
            if (service.Urls.Count == 0 && options.SidecarToken is { } token)
            {
                request.Headers.Add("dapr-api-token", token);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            status = response.IsSuccessStatusCode ? "healthy" : "unhealthy";
            detail = response.IsSuccessStatusCode ? null : $"It answered {(int)response.StatusCode}.";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            status = "unreachable";
            detail = exception is OperationCanceledException ? "It did not answer in time."
                : exception.InnerException is SocketException ? "Nobody listens there."
                : "It could not be asked.";
        }

        return new ServiceHealth(service.Name, status, Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 2), detail);
    }

    private Uri AddressOf(ServiceOptions service)
        => service.Urls.Count == 0
            ? new Uri(options.Sidecar, $"/v1.0/invoke/{service.Name}/method/health/ready")
            : new Uri(service.Urls[0].Url, "health/ready");
}
