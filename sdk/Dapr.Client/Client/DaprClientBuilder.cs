using System.Text.Json;
using Grpc.Net.Client;

namespace Dapr.Client;

/// <summary>Builds a <see cref="DaprClient"/>; what is not said comes from the environment that Dapr sets for an app.</summary>
public sealed class DaprClientBuilder
{
    private Func<HttpClient>? _httpClientFactory;

    /// <summary>Starts from <c>DAPR_HTTP_ENDPOINT</c> or <c>DAPR_HTTP_PORT</c>, their gRPC counterparts and <c>DAPR_API_TOKEN</c>.</summary>
    public DaprClientBuilder()
    {
        HttpEndpoint = DaprDefaults.GetHttpEndpoint();
        GrpcEndpoint = DaprDefaults.GetGrpcEndpoint();
        DaprApiToken = DaprDefaults.GetApiToken();
    }

    internal string HttpEndpoint { get; private set; }

    internal string GrpcEndpoint { get; private set; }

    internal string? DaprApiToken { get; private set; }

    // A cancelled call throws what .NET throws for it, as everything else that is cancelled does.
    internal GrpcChannelOptions GrpcChannelOptions { get; private set; } = new() { ThrowOperationCanceledOnCancellation = true };

    internal JsonSerializerOptions JsonSerializerOptions { get; private set; } = new(JsonSerializerDefaults.Web);

    internal TimeSpan Timeout { get; private set; }

    /// <summary>The address of the sidecar's HTTP API.</summary>
    public DaprClientBuilder UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        HttpEndpoint = httpEndpoint;
        return this;
    }

    /// <summary>The address of the sidecar's gRPC API.</summary>
    public DaprClientBuilder UseGrpcEndpoint(string grpcEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(grpcEndpoint);
        GrpcEndpoint = grpcEndpoint;
        return this;
    }

    /// <summary>The options that values are serialized with; the default is that of web APIs (camelCase).</summary>
    public DaprClientBuilder UseJsonSerializationOptions(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        JsonSerializerOptions = options;
        return this;
    }

    /// <summary>How the gRPC channel is made: message sizes, credentials, the handler of its connections.</summary>
    public DaprClientBuilder UseGrpcChannelOptions(GrpcChannelOptions grpcChannelOptions)
    {
        ArgumentNullException.ThrowIfNull(grpcChannelOptions);
        GrpcChannelOptions = grpcChannelOptions;
        return this;
    }

    /// <summary>The token that the sidecar asks of its callers.</summary>
    public DaprClientBuilder UseDaprApiToken(string apiToken)
    {
        DaprApiToken = apiToken;
        return this;
    }

    /// <summary>The longest that one call may take; streams last as long as they are read.</summary>
    public DaprClientBuilder UseTimeout(TimeSpan timeout)
    {
        Timeout = timeout;
        return this;
    }

    /// <summary>Builds the client.</summary>
    public DaprClient Build()
    {
        var grpcEndpoint = SidecarHttp.ParseEndpoint(GrpcEndpoint, "gRPC");
        var endpoint = SidecarHttp.ParseEndpoint(HttpEndpoint, "HTTP");
        var http = _httpClientFactory?.Invoke() ?? new HttpClient(SidecarHttp.CreateHandler(), disposeHandler: true);
        if (Timeout > TimeSpan.Zero)
        {
            http.Timeout = Timeout;
        }

        SidecarHttp.AddUserAgent(http.DefaultRequestHeaders);
        return new DaprClientGrpc(
            new SidecarGrpc(grpcEndpoint, DaprApiToken, Timeout, GrpcChannelOptions),
            new SidecarHttp(endpoint, DaprApiToken, http),
            JsonSerializerOptions);
    }

    internal DaprClientBuilder UseHttpClientFactory(Func<HttpClient> factory)
    {
        _httpClientFactory = factory;
        return this;
    }
}
