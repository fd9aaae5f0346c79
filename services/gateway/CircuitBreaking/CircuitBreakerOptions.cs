namespace Tandem.Gateway;

/// <summary>When a service's circuit opens and closes.</summary>
/// <param name="Enabled">Whether circuits open at all (CIRCUIT_BREAKER_ENABLED).</param>
/// <param name="MaxRequests">How many requests of an interval it takes to judge a service (CIRCUIT_BREAKER_MAX_REQUESTS, 10).</param>
/// <param name="Interval">How far back requests are judged (CIRCUIT_BREAKER_INTERVAL, 60 seconds).</param>
/// <param name="Timeout">How long an open circuit stays so before a request may try again (CIRCUIT_BREAKER_TIMEOUT, 30 seconds).</param>
internal sealed record CircuitBreakerOptions(bool Enabled, int MaxRequests, TimeSpan Interval, TimeSpan Timeout)
{
    /// <summary>The share of failures at which a circuit opens.</summary>
    public const double FailureRatio = 0.5;

    /// <summary>The least that Polly takes for either duration.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    public static CircuitBreakerOptions Read(IConfiguration configuration) => new(
        Settings.Flag(configuration, "CIRCUIT_BREAKER_ENABLED", fallback: true),
        Settings.Number(configuration, "CIRCUIT_BREAKER_MAX_REQUESTS", fallback: 10, least: 2),
        Settings.Duration(configuration, "CIRCUIT_BREAKER_INTERVAL", TimeSpan.FromSeconds(60), Least),
        Settings.Duration(configuration, "CIRCUIT_BREAKER_TIMEOUT", TimeSpan.FromSeconds(30), Least));
}
