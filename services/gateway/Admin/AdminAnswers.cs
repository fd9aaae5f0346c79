namespace Tandem.Gateway;

/// <summary>How the gateway is.</summary>
/// <param name="Status">healthy, or degraded when a service is not.</param>
/// <param name="Version">The gateway's version.</param>
/// <param name="StartedAt">When its process began.</param>
/// <param name="UptimeSeconds">How long ago that was.</param>
/// <param name="HealthyServices">How many services are healthy.</param>
/// <param name="EnabledServices">How many there are.</param>
/// <param name="OpenCircuits">The services whose circuit is not closed.</param>
/// <param name="RateLimit">What a client may ask.</param>
internal sealed record GatewayStatus(
    string Status, string Version, DateTimeOffset StartedAt, double UptimeSeconds, int HealthyServices, int EnabledServices, IReadOnlyList<string> OpenCircuits, RateLimitStatus RateLimit);

/// <summary>How many requests a client may make in a window, and how many at once.</summary>
internal sealed record RateLimitStatus(bool Enabled, int Requests, double WindowSeconds, int Burst);

/// <summary>One service behind the gateway.</summary>
/// <param name="Name">Its app id.</param>
/// <param name="Enabled">Whether it has routes.</param>
/// <param name="Via">dapr, or urls where it was given some.</param>
/// <param name="Urls">Its instances, when Dapr does not find them.</param>
/// <param name="Status">healthy, unhealthy, unreachable or disabled.</param>
/// <param name="LatencyMs">How long its health took to be told.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="CircuitBreaker">closed, open or half_open; null when there is none.</param>
internal sealed record ServiceStatus(
    string Name, bool Enabled, string Via, IReadOnlyList<string> Urls, string Status, double? LatencyMs, string? Detail, string? CircuitBreaker);

/// <summary>How a service's requests are spread.</summary>
internal sealed record LoadBalancerStatus(string Service, bool Enabled, string Strategy, string Via, IReadOnlyList<InstanceStatus> Instances);

/// <summary>One instance of a service: what it does now, and what it was given since the start.</summary>
internal sealed record InstanceStatus(string Url, int Weight, int ActiveRequests, long Requests);

/// <summary>How a service's circuit is, and when it opens.</summary>
internal sealed record CircuitBreakerStatus(
    string Service, bool Enabled, string State, long Openings, DateTimeOffset? OpenedAt, DateTimeOffset? NextAttemptAt,
    int MaxRequests, double FailureRatio, double IntervalSeconds, double TimeoutSeconds);
