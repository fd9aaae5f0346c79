// Grpc.AspNetCore.Server, Grpc.HealthCheck, Grpc.AspNetCore.HealthChecks. https://grpc.github.io/grpc/csharp-dotnet/api/Grpc.AspNetCore.Server.html
using System.Collections.ObjectModel;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server
{
    public interface IGrpcServerBuilder
    {
        IServiceCollection Services { get; }
    }

    public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
    {
        internal GrpcServiceEndpointConventionBuilder() { }
        public void Add(Action<EndpointBuilder> convention) => throw Signature.Only;
    }

    public sealed class GrpcMethodMetadata
    {
        public GrpcMethodMetadata(Type serviceType, IMethod method) { }
        public Type ServiceType => throw Signature.Only;
        public IMethod Method => throw Signature.Only;
    }

    public class InterceptorRegistration
    {
        internal InterceptorRegistration() { }
        public Type Type => throw Signature.Only;
        public IReadOnlyList<object> Arguments => throw Signature.Only;
    }

    public class InterceptorCollection : Collection<InterceptorRegistration>
    {
        public void Add<TInterceptor>(params object[] args) where TInterceptor : Interceptor => throw Signature.Only;
    }

    public class GrpcServiceOptions
    {
        public int? MaxSendMessageSize { get; set; }
        public int? MaxReceiveMessageSize { get; set; }
        public bool? EnableDetailedErrors { get; set; }
        public string? ResponseCompressionAlgorithm { get; set; }
        public System.IO.Compression.CompressionLevel? ResponseCompressionLevel { get; set; }
        public IList<ICompressionProvider> CompressionProviders { get; set; }
        public InterceptorCollection Interceptors => throw Signature.Only;
        public bool? IgnoreUnknownServices { get; set; }
    }

    public class GrpcServiceOptions<TService> : GrpcServiceOptions where TService : class { }
}

namespace Grpc.Core
{
    public static class ServerCallContextExtensions
    {
        public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) => throw Signature.Only;
    }
}

namespace Grpc.AspNetCore.HealthChecks
{
    public sealed class HealthCheckMapContext
    {
        public HealthCheckMapContext(string name, IEnumerable<string> tags) { }
        public string Name => throw Signature.Only;
        public IEnumerable<string> Tags => throw Signature.Only;
    }

    public sealed class ServiceMappingCollection
    {
        public void Map(string name, Func<HealthCheckMapContext, bool> predicate) => throw Signature.Only;
    }

    public sealed class GrpcHealthChecksOptions
    {
        public ServiceMappingCollection Services => throw Signature.Only;
        public bool UseHealthChecksCache { get; set; }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    public static class GrpcEndpointRouteBuilderExtensions
    {
        public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder) where TService : class => throw Signature.Only;
    }

    public static class GrpcHealthChecksEndpointRouteBuilderExtensions
    {
        public static GrpcServiceEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder builder) => throw Signature.Only;
    }

    public static class GrpcReflectionEndpointRouteBuilderExtensions
    {
        public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder) => throw Signature.Only;
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class GrpcServicesExtensions
    {
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services) => throw Signature.Only;
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions) => throw Signature.Only;
        public static IGrpcServerBuilder AddServiceOptions<TService>(this IGrpcServerBuilder grpcBuilder, Action<GrpcServiceOptions<TService>> configure) where TService : class => throw Signature.Only;
    }

    public static class GrpcHealthChecksServiceExtensions
    {
        public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services) => throw Signature.Only;
        public static IHealthChecksBuilder AddGrpcHealthChecks(this IServiceCollection services, Action<GrpcHealthChecksOptions> configure) => throw Signature.Only;
    }

    public static class GrpcReflectionServiceExtensions
    {
        public static IServiceCollection AddGrpcReflection(this IServiceCollection services) => throw Signature.Only;
    }
}
