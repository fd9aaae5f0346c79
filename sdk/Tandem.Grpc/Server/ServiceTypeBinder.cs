using System.Reflection;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.Grpc.Server;

/// <summary>Binds the methods of a class whose object is made for each call. Reflection is done here, once: a call goes through delegates.</summary>
internal sealed class ServiceTypeBinder<TService> : ServiceBinderBase
    where TService : class
{
    private readonly ServiceBinderBase _inner;
    private readonly ServiceActivator<TService> _activator = new();

    private ServiceTypeBinder(ServiceBinderBase inner) => _inner = inner;

    private delegate Task<TResponse> Unary<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

    private delegate Task<TResponse> ClientStreaming<TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

    private delegate Task ServerStreaming<TRequest, TResponse>(TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    private delegate Task DuplexStreaming<TRequest, TResponse>(
        TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    /// <summary>Hands the class's methods to the binder.</summary>
    /// <exception cref="InvalidOperationException">The class is not on a generated service base.</exception>
    public static void Bind(ServiceBinderBase inner)
    {
        var bind = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true) is { } attribute
            ? attribute.BindType.GetMethods(BindingFlags.Public | BindingFlags.Static)
                .FirstOrDefault(method => method.Name == attribute.BindMethodName && method.GetParameters() is [{ ParameterType: var binder }, _] && binder == typeof(ServiceBinderBase))
            : null;
        if (bind is null)
        {
            throw new InvalidOperationException($"{typeof(TService)} is no gRPC service: it has no generated base class.");
        }

        // Without a service the generated method says what there is, and binds nothing.
        bind.Invoke(null, [new ServiceTypeBinder<TService>(inner), null]);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var call = Find<Unary<TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        _inner.AddMethod(method, async (TRequest request, ServerCallContext context) =>
        {
            var service = _activator.Create(context);
            await using var end = service.ConfigureAwait(false);
            return await call(service.Object, request, context).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Find<ClientStreaming<TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        _inner.AddMethod(method, async (IAsyncStreamReader<TRequest> requests, ServerCallContext context) =>
        {
            var service = _activator.Create(context);
            await using var end = service.ConfigureAwait(false);
            return await call(service.Object, requests, context).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Find<ServerStreaming<TRequest, TResponse>>(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        _inner.AddMethod(method, async (TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context) =>
        {
            var service = _activator.Create(context);
            await using var end = service.ConfigureAwait(false);
            await call(service.Object, request, responses, context).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var call = Find<DuplexStreaming<TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        _inner.AddMethod(method, async (IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context) =>
        {
            var service = _activator.Create(context);
            await using var end = service.ConfigureAwait(false);
            await call(service.Object, requests, responses, context).ConfigureAwait(false);
        });
    }

    private static TDelegate Find<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
        => typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters) is { } found
            ? found.CreateDelegate<TDelegate>()
            : throw new InvalidOperationException($"{typeof(TService)} has no method {method.Name} for {method.FullName}.");
}

/// <summary>Makes the object of a class for a call: the registered service, or else a new one that ends with the call.</summary>
internal sealed class ServiceActivator<TService>
    where TService : class
{
    private readonly ObjectFactory<TService> _factory = ActivatorUtilities.CreateFactory<TService>([]);

    public Activated Create(ServerCallContext context)
    {
        var services = context.GetHttpContext().RequestServices;
        return services.GetService<TService>() is { } registered ? new Activated(registered, isOwn: false) : new Activated(_factory(services, []), isOwn: true);
    }

    internal readonly struct Activated(TService service, bool isOwn) : IAsyncDisposable
    {
        public TService Object { get; } = service;

        public ValueTask DisposeAsync()
        {
            if (!isOwn)
            {
                return ValueTask.CompletedTask;
            }

            if (Object is IAsyncDisposable disposable)
            {
                return disposable.DisposeAsync();
            }

            (Object as IDisposable)?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
