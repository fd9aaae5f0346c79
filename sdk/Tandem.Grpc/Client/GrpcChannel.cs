using Grpc.Core;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Grpc.Client;
using Tandem.Grpc.Compression;

namespace Grpc.Net.Client;

/// <summary>A way to a gRPC server over HTTP/2; it connects with the first call. Make one for each server and keep it.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly bool _ownsHttp;
    private readonly CompressionSet _compressions;
    private readonly CancellationTokenSource _disposed = new();

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        MaxSend = options.MaxSendMessageSize;
        MaxReceive = options.MaxReceiveMessageSize;
        ThrowsOnCancellation = options.ThrowOperationCanceledOnCancellation;
        Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<GrpcChannel>();
        _compressions = new(options.CompressionProviders ?? CompressionSet.Defaults);
        if (options.Credentials is { } credentials)
        {
            if (credentials.IsSecure != (address.Scheme == Uri.UriSchemeHttps))
            {
                throw new InvalidOperationException($"The address {address} and the channel's credentials disagree on TLS.");
            }

            Credentials = credentials.IsSecure || options.UnsafeUseInsecureChannelCallCredentials ? credentials.CallCredentials : null;
        }

        AllowsCallCredentials = address.Scheme == Uri.UriSchemeHttps || options.UnsafeUseInsecureChannelCallCredentials;
        if (options is { HttpClient: not null, HttpHandler: not null })
        {
            throw new ArgumentException("A channel takes an HttpClient or an HttpHandler, not both.", nameof(options));
        }

        _http = options.HttpClient ?? new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(), disposeHandler: true);
        _ownsHttp = options.DisposeHttpClient || options is { HttpClient: null, HttpHandler: null };
    }

    internal Uri Address { get; }

    internal int? MaxSend { get; }

    internal int? MaxReceive { get; }

    internal bool ThrowsOnCancellation { get; }

    internal ILogger Logger { get; }

    internal string AcceptEncoding => _compressions.AcceptEncoding;

    internal CallCredentials? Credentials { get; }

    internal bool AllowsCallCredentials { get; }

    /// <summary>Cancelled with the channel's end.</summary>
    internal CancellationToken Disposed => _disposed.Token;

    /// <summary>A channel to an address, such as <c>http://127.0.0.1:50001</c>.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address), new());

    /// <summary>A channel to an address.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to an address.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new());

    /// <summary>A channel to an address.</summary>
    /// <exception cref="ArgumentException">The address is neither http nor https, or the options contradict each other.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new(address, channelOptions)
            : throw new ArgumentException($"A channel's address is http://host:port or https://host:port, not '{address}'.", nameof(address));
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new ChannelCallInvoker(this);

    /// <summary>Ends the calls that run, and closes the connections.</summary>
    public void Dispose()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        _disposed.Cancel();
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => _http is HttpClient client ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken) : _http.SendAsync(request, cancellationToken);

    internal ICompressionProvider? FindCompression(string? encoding) => _compressions.Find(encoding);

    // A second connection is opened when the first has as many streams as the server allows.
    private static SocketsHttpHandler CreateHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = System.Diagnostics.DistributedContextPropagator.Current,
    };
}
