using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Grpc.Server;
using Tandem.Sidecar.Grpc.Reflection;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;

namespace Tandem.Sidecar.Grpc;

/// <summary>The services that a sidecar's gRPC port answers by itself.</summary>
internal sealed class GrpcServices
{
    private readonly GrpcDispatcher _dispatcher;

    public GrpcServices(SidecarInstance sidecar, BuildingBlocks blocks)
    {
        var largest = (int)Math.Min(sidecar.Options.MaxBodySize, int.MaxValue);
        var options = new GrpcServiceOptions { MaxReceiveMessageSize = largest, MaxSendMessageSize = largest };
        _dispatcher = new GrpcDispatcher(options, sidecar.LoggerFactory);
        var dapr = ServerServiceDefinition.CreateBuilder();
        DaprApi.BindService(new ApiMethodBinder(dapr, blocks, sidecar.LoggerFactory.CreateLogger<DaprService>()), new DaprService(sidecar, blocks));
        _dispatcher.Add(dapr.Build());
        foreach (var reflection in ReflectionServices.Definitions)
        {
            _dispatcher.Add(reflection);
        }
    }

    /// <summary>Whether the path is that of a method that is answered here.</summary>
    public bool Contains(string path) => _dispatcher.Contains(path);

    /// <summary>Answers a call.</summary>
    public Task HandleAsync(HttpContext http) => _dispatcher.HandleAsync(http);
}
