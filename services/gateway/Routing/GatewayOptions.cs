namespace Tandem.Gateway;

/// <summary>The gateway's settings as the environment gives them.</summary>
internal sealed record GatewayOptions
{
    private static readonly string[] Known = ["identity", "product", "basket", "payment", "notification", "order", "analytics"];

    /// <summary>The services behind the gateway.</summary>
    public required IReadOnlyList<ServiceOptions> Services { get; init; }

    /// <summary>Where the own sidecar listens.</summary>
    public required Uri Sidecar { get; init; }

    /// <summary>What the sidecar wants to see from its app; nothing when it asks for nothing.</summary>
    public string? SidecarToken { get; init; }

    /// <summary>Whether requests are spread at all (LOAD_BALANCER_ENABLED); the first URL takes all when not.</summary>
    public required bool LoadBalancerEnabled { get; init; }

    /// <summary>How they are spread (LOAD_BALANCER_STRATEGY).</summary>
    public required string LoadBalancerStrategy { get; init; }

    /// <summary>The YARP policy that spreads requests over a service's URLs.</summary>
    public required string LoadBalancingPolicy { get; init; }

    /// <summary>How long a service may be silent before its client is told so (REQUEST_TIMEOUT). A stream with a heartbeat goes on as long as it likes.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Reads the settings; a wrong one is an exception that names it.</summary>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var endpoint = configuration["DAPR_HTTP_ENDPOINT"] is { Length: > 0 } given ? given : $"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}";
        return new GatewayOptions
        {
            Services = [.. Known.Select(name => ServiceOptions.Read(name, configuration))],
            Sidecar = Uri.TryCreate(endpoint, UriKind.Absolute, out var sidecar)
                ? sidecar
                : throw new InvalidOperationException($"The sidecar's address \"{endpoint}\" (DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT) is no URL."),
            SidecarToken = configuration["DAPR_API_TOKEN"] is { Length: > 0 } token ? token : null,
            LoadBalancerEnabled = Settings.Flag(configuration, "LOAD_BALANCER_ENABLED", fallback: true),
            LoadBalancerStrategy = configuration["LOAD_BALANCER_STRATEGY"] is { Length: > 0 } strategy ? strategy : "round_robin",
            LoadBalancingPolicy = PolicyOf(configuration),
            RequestTimeout = Settings.Duration(configuration, "REQUEST_TIMEOUT", TimeSpan.FromSeconds(30)),
        };
    }

    private static string PolicyOf(IConfiguration configuration)
    {
        if (!Settings.Flag(configuration, "LOAD_BALANCER_ENABLED", fallback: true))
        {
            return Yarp.ReverseProxy.LoadBalancing.LoadBalancingPolicies.FirstAlphabetical;
        }

        return configuration["LOAD_BALANCER_STRATEGY"] switch
        {
            null or "" or "round_robin" => Yarp.ReverseProxy.LoadBalancing.LoadBalancingPolicies.RoundRobin,
            "least_connections" => Yarp.ReverseProxy.LoadBalancing.LoadBalancingPolicies.LeastRequests,
            "weighted_round_robin" => WeightedRoundRobin.PolicyName,
            var other => throw new InvalidOperationException(
                $"LOAD_BALANCER_STRATEGY is \"{other}\"; expected round_robin, least_connections or weighted_round_robin."),
        };
    }
}
