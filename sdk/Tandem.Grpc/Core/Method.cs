namespace Grpc.Core;

/// <summary>How many messages go each way.</summary>
public enum MethodType
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>Many requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, many responses.</summary>
    ServerStreaming,

    /// <summary>Many requests and many responses, independent of each other.</summary>
    DuplexStreaming,
}

/// <summary>A remote method.</summary>
public interface IMethod
{
    /// <summary>How many messages go each way.</summary>
    MethodType Type { get; }

    /// <summary>The service with its package, such as <c>grpc.health.v1.Health</c>.</summary>
    string ServiceName { get; }

    /// <summary>The method alone, such as <c>Check</c>.</summary>
    string Name { get; }

    /// <summary>The path of its calls: <c>/service/method</c>.</summary>
    string FullName { get; }
}

/// <summary>A remote method with its messages' types.</summary>
/// <typeparam name="TRequest">What is sent.</typeparam>
/// <typeparam name="TResponse">What is answered.</typeparam>
public class Method<TRequest, TResponse>(
    MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller) : IMethod
{
    /// <inheritdoc/>
    public MethodType Type { get; } = type;

    /// <inheritdoc/>
    public string ServiceName { get; } = serviceName;

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <summary>How requests become bytes.</summary>
    public Marshaller<TRequest> RequestMarshaller { get; } = requestMarshaller;

    /// <summary>How responses become bytes.</summary>
    public Marshaller<TResponse> ResponseMarshaller { get; } = responseMarshaller;

    /// <inheritdoc/>
    public string FullName { get; } = $"/{serviceName}/{name}";
}
