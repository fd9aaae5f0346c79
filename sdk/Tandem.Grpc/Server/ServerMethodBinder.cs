using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Tandem.Grpc.Server;

/// <summary>Makes what answers the calls of each of a service's methods, with its interceptors.</summary>
internal sealed class ServerMethodBinder(MethodSettings settings, ILogger logger, Action<ServerMethod> add) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        => add(new UnaryMethod<TRequest, TResponse>(method, settings, logger, Intercept(handler!, static (registration, inner)
            => (request, context) => registration.Create(Services(context)).UnaryServerHandler(request, context, inner))));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        => add(new ClientStreamingMethod<TRequest, TResponse>(method, settings, logger, Intercept(handler!, static (registration, inner)
            => (requests, context) => registration.Create(Services(context)).ClientStreamingServerHandler(requests, context, inner))));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        => add(new ServerStreamingMethod<TRequest, TResponse>(method, settings, logger, Intercept(handler!, static (registration, inner)
            => (request, responses, context) => registration.Create(Services(context)).ServerStreamingServerHandler(request, responses, context, inner))));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        => add(new DuplexStreamingMethod<TRequest, TResponse>(method, settings, logger, Intercept(handler!, static (registration, inner)
            => (requests, responses, context) => registration.Create(Services(context)).DuplexStreamingServerHandler(requests, responses, context, inner))));

    private THandler Intercept<THandler>(THandler handler, Func<InterceptorRegistration, THandler, THandler> wrap)
        => settings.Interceptors.Reverse().Aggregate(handler, (inner, registration) => wrap(registration, inner));

    private static IServiceProvider Services(ServerCallContext context) => context.GetHttpContext().RequestServices;
}
