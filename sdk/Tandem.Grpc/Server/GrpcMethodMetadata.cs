using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Says of an endpoint which method of which class answers it.</summary>
/// <param name="serviceType">The class.</param>
/// <param name="method">The method.</param>
public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
{
    /// <summary>The class.</summary>
    public Type ServiceType { get; } = serviceType;

    /// <summary>The method.</summary>
    public IMethod Method { get; } = method;
}
