namespace Tandem.Runtime.Invocation;

/// <summary>The headers by which a callee knows its caller. What a caller sends under these names is dropped.</summary>
public static class InvocationHeaders
{
    /// <summary>The calling app.</summary>
    public const string CallerAppId = "dapr-caller-app-id";

    /// <summary>The calling app's namespace.</summary>
    public const string CallerNamespace = "dapr-caller-namespace";

    /// <summary>The called app.</summary>
    public const string CalleeAppId = "dapr-callee-app-id";

    /// <summary>The calling app's trust domain, where it is another one than usual; for the other sidecar alone.</summary>
    public const string CallerTrustDomain = "tandem-caller-trust-domain";
}
