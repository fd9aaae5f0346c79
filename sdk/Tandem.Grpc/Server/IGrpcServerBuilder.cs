using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Where gRPC's settings are added.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>The server's services.</summary>
    IServiceCollection Services { get; }
}
