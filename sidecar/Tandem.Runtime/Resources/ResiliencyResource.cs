namespace Tandem.Runtime.Resources;

/// <summary>A Resiliency resource.</summary>
public sealed record ResiliencyResource
{
    /// <summary>Where it stands.</summary>
    public required ResourceId Id { get; init; }

    /// <summary>Timeouts by name.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; }

    /// <summary>Retries by name.</summary>
    public required IReadOnlyDictionary<string, RetrySettings> Retries { get; init; }

    /// <summary>Circuit breakers by name.</summary>
    public required IReadOnlyDictionary<string, CircuitBreakerSettings> CircuitBreakers { get; init; }

    /// <summary>Targets by app ID.</summary>
    public required IReadOnlyDictionary<string, PolicyNames> Apps { get; init; }

    /// <summary>Targets by actor type.</summary>
    public required IReadOnlyDictionary<string, PolicyNames> Actors { get; init; }

    /// <summary>Targets by component, for what the sidecar delivers to the app.</summary>
    public required IReadOnlyDictionary<string, PolicyNames> Inbound { get; init; }

    /// <summary>Targets by component, for what the sidecar asks of the component.</summary>
    public required IReadOnlyDictionary<string, PolicyNames> Outbound { get; init; }

    /// <summary>The apps it is for; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>The policies that a target names.</summary>
public sealed record PolicyNames(string? Timeout, string? Retry, string? CircuitBreaker);

/// <summary>A retry policy.</summary>
/// <param name="MaxRetries">How often at most; negative for without end.</param>
/// <param name="HttpStatusCodes">The statuses worth another try; <see langword="null"/> for every failure.</param>
/// <param name="GrpcStatusCodes">The same for gRPC.</param>
public sealed record RetrySettings(
    bool IsExponential,
    TimeSpan Duration,
    TimeSpan InitialInterval,
    TimeSpan MaxInterval,
    double Multiplier,
    double Jitter,
    int MaxRetries,
    StatusCodeSet? HttpStatusCodes,
    StatusCodeSet? GrpcStatusCodes);

/// <summary>A circuit breaker.</summary>
/// <param name="MaxRequests">How many may pass while half open.</param>
/// <param name="Interval">After which the counts are cleared while closed; zero never.</param>
/// <param name="Timeout">How long the circuit stays open.</param>
/// <param name="Trip">The CEL expression that opens it.</param>
public sealed record CircuitBreakerSettings(int MaxRequests, TimeSpan Interval, TimeSpan Timeout, Cel.CelExpression Trip);
