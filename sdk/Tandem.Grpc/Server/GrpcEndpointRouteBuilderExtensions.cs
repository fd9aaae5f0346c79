using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tandem.Grpc.Server;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps the methods of a service. Its object is made for each call, unless it is registered as a service.</summary>
    /// <typeparam name="TService">A class on a generated service base.</typeparam>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was not called, or the class is not on a generated base.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.ServiceProvider;
        var mapped = services.GetService<MappedServices>()
            ?? throw new InvalidOperationException("gRPC is not there: call AddGrpc() on the services first.");
        var all = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var settings = new MethodSettings(all, services.GetService<IOptions<GrpcServiceOptions<TService>>>()?.Value);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server");
        var endpoints = new List<IEndpointConventionBuilder>();
        var binder = new ServerMethodBinder(settings, logger, method => endpoints.Add(Map(builder, typeof(TService), method)));
        ServiceTypeBinder<TService>.Bind(binder);
        mapped.Add(typeof(TService));
        if (mapped.IsFirst(builder) && all.IgnoreUnknownServices is not true)
        {
            MapUnknown(builder);
        }

        return new GrpcServiceEndpointConventionBuilder(endpoints);
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder builder, Type service, ServerMethod method)
    {
        var endpoint = builder.MapPost(method.Method.FullName, (RequestDelegate)method.HandleAsync);
        endpoint.WithDisplayName($"gRPC - {method.Method.FullName}");
        endpoint.Add(added =>
        {
            added.Metadata.Add(new GrpcMethodMetadata(service, method.Method));
            foreach (var attribute in service.GetCustomAttributes(inherit: true))
            {
                added.Metadata.Add(attribute);
            }

            foreach (var attribute in service.GetMethod(method.Method.Name)?.GetCustomAttributes(inherit: true) ?? [])
            {
                added.Metadata.Add(attribute);
            }
        });
        return endpoint;
    }

    // Last of all, and for gRPC's content type only: other endpoints of two segments are not in its way.
    private static void MapUnknown(IEndpointRouteBuilder builder)
        => builder.Map(RoutePatternFactory.Parse($"{{unknownService}}/{{unknownMethod:{GrpcRouteConstraint.Name}}}"), GrpcDispatcher.RefuseUnknownAsync)
            .WithDisplayName("gRPC - unknown method")
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
}
