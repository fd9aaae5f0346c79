using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>The interceptors of a server.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Adds an interceptor: the registered service of this type, or else a new object for each call.</summary>
    /// <param name="args">Arguments of its constructor that no service gives.</param>
    public void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TInterceptor>(params object[] args)
        where TInterceptor : Interceptor
        => Add(new InterceptorRegistration(typeof(TInterceptor), args));
}

/// <summary>One interceptor of a server.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;
    private readonly ObjectFactory _factory;

    internal InterceptorRegistration([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        Type = type;
        _arguments = arguments;
        _factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(static argument => argument.GetType())]);
    }

    /// <summary>Its class.</summary>
    public Type Type { get; }

    /// <summary>The arguments of its constructor that no service gives.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    internal Interceptor Create(IServiceProvider services)
        => _arguments.Length == 0 && services.GetService(Type) is Interceptor registered ? registered : (Interceptor)_factory(services, _arguments);
}
