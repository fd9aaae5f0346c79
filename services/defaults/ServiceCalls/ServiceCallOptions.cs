namespace Tandem.ServiceDefaults;

/// <summary>How services ask each other where both ways are there; section <c>ServiceCalls</c>.</summary>
public sealed class ServiceCallOptions
{
    /// <summary><c>grpc</c> (the default): the callee's gRPC API, which the sidecars proxy. <c>http</c>: service invocation.</summary>
    public ServiceCallProtocol Protocol { get; set; } = ServiceCallProtocol.Grpc;
}

/// <summary>A way to ask another service.</summary>
public enum ServiceCallProtocol
{
    Http,
    Grpc,
}
