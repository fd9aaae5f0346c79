using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Tandem.Sidecar.Grpc;

/// <summary>Collects the methods of a service, each behind its <see cref="ApiMethod"/>.</summary>
internal sealed class ApiMethodBinder(ServerServiceDefinition.Builder service, BuildingBlocks blocks, ILogger logger) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var calls = Create(method);
        service.AddMethod(method, (request, context) => calls.RunAsync(handler!, request, context));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var calls = Create(method);
        service.AddMethod(method, (request, responses, context) => calls.RunAsync(() => handler!(request, responses, context), context));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var calls = Create(method);
        service.AddMethod(method, (requests, responses, context) => calls.RunAsync(() => handler!(requests, responses, context), context));
    }

    private ApiMethod Create(IMethod method) => new(method.FullName, blocks, logger);
}
