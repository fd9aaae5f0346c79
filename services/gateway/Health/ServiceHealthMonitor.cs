using System.Net.Sockets;

namespace Tandem.Gateway;

/// <summary>
/// Asks every instance of every service whether it is ready. What is known is given for a second, so that many who ask the gateway do not
/// become many times as many questions to the services.
/// </summary>
internal sealed class ServiceHealthMonitor(GatewayOptions options, ServiceClient client, TimeProvider time) : IDisposable
{
    private const string Healthy = "healthy";
    private const string Unreachable = "unreachable";
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
        var instances = client.InstancesOf(service);
        var answers = await Task.WhenAll(instances.Select(instance => AskAsync(service, instance, cancellationToken)));
        var latency = answers.Max(static answer => answer.LatencyMs);
        if (answers.Length == 1)
        {
            return new ServiceHealth(service.Name, answers[0].Status, latency, answers[0].Detail);
        }

        var bad = answers.Index().Where(static one => one.Item.Status != Healthy).Select(static one => (one.Index, Answer: one.Item)).ToList();
        var status = bad.Count == 0 ? Healthy
            : bad.Count < answers.Length ? "degraded"
            : bad.TrueForAll(static one => one.Answer.Status == Unreachable) ? Unreachable
            : "unhealthy";
        return new ServiceHealth(service.Name, status, latency, bad.Count == 0 ? null : string.Join(" ", bad.Select(static bad => $"Instance {bad.Index + 1}: {bad.Answer.Detail}")));
    }

    private async Task<Answer> AskAsync(ServiceOptions service, Uri instance, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        string status;
        string? detail = null;
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var response = await client.GetAsync(service, instance, "health/ready", either.Token);
            status = response.IsSuccessStatusCode ? Healthy : "unhealthy";
            detail = response.IsSuccessStatusCode ? null : $"It answered {(int)response.StatusCode}.";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            status = Unreachable;
            detail = exception is OperationCanceledException ? "It did not answer in time."
                : exception.InnerException is SocketException ? "Nobody listens there."
                : "It could not be asked.";
        }

        return new Answer(status, Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 2), detail);
    }

    private readonly record struct Answer(string Status, double LatencyMs, string? Detail);
}
