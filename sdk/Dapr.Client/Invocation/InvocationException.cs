using Grpc.Core;

namespace Dapr.Client;

/// <summary>A call of another app failed: on the way, or by the app's own answer.</summary>
public class InvocationException : DaprException
{
    /// <summary>Says which call failed, why, and what was answered, if anything was.</summary>
    public InvocationException(string appId, string methodName, Exception? innerException, HttpResponseMessage? response)
        : base($"The invocation of {methodName} of the app {appId} failed: {innerException?.Message}", innerException)
    {
        AppId = appId;
        MethodName = methodName;
        Response = response;
    }

    /// <summary>Says which gRPC call failed and why.</summary>
    public InvocationException(string appId, string methodName, RpcException innerException)
        : this(appId, methodName, innerException, response: null)
    {
    }

    /// <summary>The app that was called.</summary>
    public string AppId { get; }

    /// <summary>The method that was called.</summary>
    public string MethodName { get; }

    /// <summary>The answer, or null when there was none.</summary>
    public HttpResponseMessage? Response { get; }
}
