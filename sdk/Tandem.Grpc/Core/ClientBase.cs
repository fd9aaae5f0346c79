namespace Grpc.Core;

/// <summary>The base of generated clients.</summary>
/// <typeparam name="T">The client.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>For tests that override the methods.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>Over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>With the settings of another client.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>The same client, which asks for another host (HTTP/2's authority).</summary>
    public T WithHost(string host) => NewInstance(Configuration.WithHost(host));

    /// <summary>Makes a client with these settings.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

/// <summary>The base of generated clients.</summary>
public abstract class ClientBase
{
    private readonly ClientBaseConfiguration? _configuration;

    /// <summary>For tests that override the methods.</summary>
    protected ClientBase()
    {
    }

    /// <summary>Over a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker())
    {
    }

    /// <summary>Over an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : this(new ClientBaseConfiguration(callInvoker, null))
    {
    }

    /// <summary>With the settings of another client.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration;
        CallInvoker = configuration.CreateInvoker();
    }

    /// <summary>What the client's calls are made with.</summary>
    protected CallInvoker CallInvoker { get; } = null!;

    internal ClientBaseConfiguration Configuration
        => _configuration ?? throw new InvalidOperationException("This client was made without a channel, for a test.");

    /// <summary>A client's settings.</summary>
    protected internal class ClientBaseConfiguration
    {
        private readonly CallInvoker _undecorated;
        private readonly string? _host;

        internal ClientBaseConfiguration(CallInvoker undecorated, string? host) => (_undecorated, _host) = (undecorated, host);

        internal CallInvoker CreateInvoker() => _host is null ? _undecorated : new HostCallInvoker(_undecorated, _host);

        internal ClientBaseConfiguration WithHost(string host) => new(_undecorated, host);
    }

    private sealed class HostCallInvoker(CallInvoker inner, string host) : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? _, CallOptions options, TRequest request)
            => inner.BlockingUnaryCall(method, host, options, request);

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? _, CallOptions options, TRequest request)
            => inner.AsyncUnaryCall(method, host, options, request);

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? _, CallOptions options, TRequest request)
            => inner.AsyncServerStreamingCall(method, host, options, request);

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? _, CallOptions options)
            => inner.AsyncClientStreamingCall(method, host, options);

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? _, CallOptions options)
            => inner.AsyncDuplexStreamingCall(method, host, options);
    }
}

/// <summary>A way to a server.</summary>
public abstract class ChannelBase(string target)
{
    /// <summary>The server's address.</summary>
    public string Target { get; } = target;

    /// <summary>Makes what calls over this channel are made with.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Ends the calls and closes the connections.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Ends the calls and closes the connections.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
