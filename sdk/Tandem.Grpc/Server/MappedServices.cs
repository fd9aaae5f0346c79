using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Tandem.Grpc.Server;

/// <summary>The services of a server: what health and reflection speak of.</summary>
internal sealed class MappedServices
{
    private readonly HashSet<object> _dataSources = [];
    private readonly List<Type> _services = [];

    /// <summary>
    /// The descriptors, in the order in which the services were mapped. They are made when they are asked for: a descriptor costs a start
    /// much time, and only reflection needs it.
    /// </summary>
    public IReadOnlyList<ServiceDescriptor> Descriptors => [.. _services.Select(FindDescriptor).OfType<ServiceDescriptor>().Distinct()];

    /// <summary>Whether nothing was mapped to these routes yet.</summary>
    public bool IsFirst(IEndpointRouteBuilder routes) => _dataSources.Add(routes.DataSources);

    public void Add(Type service) => _services.Add(service);

    /// <summary>The descriptor beside the generated base of a class; null when it was not generated from a proto.</summary>
    private static ServiceDescriptor? FindDescriptor(Type service)
        => service.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType
            .GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor;
}
