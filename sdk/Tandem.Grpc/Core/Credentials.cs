namespace Grpc.Core;

/// <summary>How a channel is secured.</summary>
public abstract class ChannelCredentials
{
    /// <summary>No TLS: for loopback and networks that are trusted.</summary>
    public static ChannelCredentials Insecure { get; } = new Plain();

    /// <summary>TLS with the system's authorities.</summary>
    public static ChannelCredentials SecureSsl { get; } = new Tls();

    internal abstract bool IsSecure { get; }

    internal virtual CallCredentials? CallCredentials => null;

    /// <summary>A secured channel whose every call carries further credentials.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) => new Composed(channelCredentials, callCredentials);

    private sealed class Plain : ChannelCredentials
    {
        internal override bool IsSecure => false;
    }

    private sealed class Tls : ChannelCredentials
    {
        internal override bool IsSecure => true;
    }

    private sealed class Composed(ChannelCredentials channel, CallCredentials call) : ChannelCredentials
    {
        internal override bool IsSecure => channel.IsSecure;

        internal override CallCredentials? CallCredentials => channel.CallCredentials is { } first ? CallCredentials.Compose(first, call) : call;
    }
}

/// <summary>Adds metadata to a call, such as a token.</summary>
/// <param name="context">The call.</param>
/// <param name="metadata">The call's headers.</param>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

/// <summary>The call that credentials are asked for.</summary>
public class AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken = default)
{
    /// <summary>The service's URL.</summary>
    public string ServiceUrl { get; } = serviceUrl;

    /// <summary>The method's name.</summary>
    public string MethodName { get; } = methodName;

    /// <summary>The call's token.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>What says who makes a call.</summary>
public abstract class CallCredentials
{
    /// <summary>Credentials that add metadata.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor) => new Intercepted(interceptor);

    /// <summary>Several credentials, one after the other.</summary>
    public static CallCredentials Compose(params CallCredentials[] credentials) => new Composed(credentials);

    internal abstract Task AddAsync(AuthInterceptorContext context, Metadata metadata);

    private sealed class Intercepted(AsyncAuthInterceptor interceptor) : CallCredentials
    {
        internal override Task AddAsync(AuthInterceptorContext context, Metadata metadata) => interceptor(context, metadata);
    }

    private sealed class Composed(CallCredentials[] credentials) : CallCredentials
    {
        internal override async Task AddAsync(AuthInterceptorContext context, Metadata metadata)
        {
            foreach (var each in credentials)
            {
                await each.AddAsync(context, metadata).ConfigureAwait(false);
            }
        }
    }
}
