using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Common;

/// <summary>A client of one building block.</summary>
public interface IDaprClient : IDisposable;

/// <summary>What the registration of a client gives back, for more registrations.</summary>
public interface IDaprServiceBuilder
{
    /// <summary>The services that it was registered with.</summary>
    IServiceCollection Services { get; }
}

/// <summary>Builds the client of one building block; what is not said comes from the configuration, or the environment that Dapr sets for an app.</summary>
/// <typeparam name="TClientBuilder">The client.</typeparam>
public abstract class DaprGenericClientBuilder<TClientBuilder>
    where TClientBuilder : class, IDaprClient
{
    private string _httpEndpoint;
    private string _grpcEndpoint;
    private GrpcChannelOptions _channelOptions = new() { ThrowOperationCanceledOnCancellation = true };
    private TimeSpan _timeout;

    /// <summary>Starts from <c>DAPR_GRPC_ENDPOINT</c> or <c>DAPR_GRPC_PORT</c>, their HTTP counterparts and <c>DAPR_API_TOKEN</c>.</summary>
    protected DaprGenericClientBuilder(IConfiguration? configuration = null)
    {
        _httpEndpoint = DaprDefaults.GetHttpEndpoint(configuration);
        _grpcEndpoint = DaprDefaults.GetGrpcEndpoint(configuration);
        DaprApiToken = DaprDefaults.GetApiToken(configuration) ?? "";
    }

    /// <summary>The options that values are serialized with.</summary>
    public JsonSerializerOptions JsonSerializerOptions { get; private set; } = new(JsonSerializerDefaults.Web);

    /// <summary>The token that the sidecar asks of its callers; empty when it asks for none.</summary>
    public string DaprApiToken { get; private set; }

    /// <summary>The address of the sidecar's HTTP API.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        _httpEndpoint = httpEndpoint;
        return this;
    }

    /// <summary>The address of the sidecar's gRPC API.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseGrpcEndpoint(string grpcEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(grpcEndpoint);
        _grpcEndpoint = grpcEndpoint;
        return this;
    }

    /// <summary>The options that values are serialized with; the default is that of web APIs (camelCase).</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseJsonSerializationOptions(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        JsonSerializerOptions = options;
        return this;
    }

    /// <summary>How the gRPC channel is made: message sizes, credentials, the handler of its connections.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseGrpcChannelOptions(GrpcChannelOptions grpcChannelOptions)
    {
        ArgumentNullException.ThrowIfNull(grpcChannelOptions);
        _channelOptions = grpcChannelOptions;
        return this;
    }

    /// <summary>The token that the sidecar asks of its callers.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseDaprApiToken(string apiToken)
    {
        DaprApiToken = apiToken;
        return this;
    }

    /// <summary>The longest that one call may take.</summary>
    public DaprGenericClientBuilder<TClientBuilder> UseTimeout(TimeSpan timeout)
    {
        _timeout = timeout;
        return this;
    }

    /// <summary>Builds the client.</summary>
    public abstract TClientBuilder Build();

    internal SidecarGrpc Connect()
    {
        SidecarHttp.ParseEndpoint(_httpEndpoint, "HTTP");
        return new SidecarGrpc(SidecarHttp.ParseEndpoint(_grpcEndpoint, "gRPC"), DaprApiToken, _timeout, _channelOptions);
    }
}
