using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>A call on a request of Kestrel. Its parts are made when they are asked for.</summary>
internal sealed class HttpServerCallContext(HttpContext http, IMethod method, MethodSettings settings) : ServerCallContext, IDisposable
{
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private Dictionary<object, object>? _userState;
    private AuthContext? _auth;
    private CallDeadline? _deadline;

    public HttpContext Http { get; } = http;

    /// <summary>The deadline; null when the client has endless patience.</summary>
    public CallDeadline? CallDeadline => _deadline;

    public Metadata? TrailersOrNull => _trailers;

    /// <summary>The compression that the method chose by <see cref="HeaderNames.RequestEncoding"/>, or that the service is set to.</summary>
    public string? ResponseEncoding { get; private set; } = settings.Algorithm;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => Http.Connection.RemoteIpAddress is { } address
        ? address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? $"ipv6:[{address}]:{Http.Connection.RemotePort}"
            : $"ipv4:{address.MapToIPv4()}:{Http.Connection.RemotePort}"
        : "unknown";

    protected override DateTime DeadlineCore => _deadline?.At ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= MetadataHeaders.Read(Http.Request.Headers);

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? Http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _auth ??= ReadAuthContext();

    protected override IDictionary<object, object> UserStateCore => _userState ??= new() { ["__HttpContext"] = Http };

    /// <summary>Begins to count the client's patience.</summary>
    public void Start(TimeSpan? timeout)
    {
        if (timeout is { } patience)
        {
            _deadline = new CallDeadline(patience, Http.RequestAborted);
        }
    }

    public void Dispose() => _deadline?.Dispose();

    /// <summary>
    /// Waits for the token to say that the client is gone. The server breaks the request's body off first, and tells the token on another
    /// thread; who sees the one is to be able to rely on the other.
    /// </summary>
    public async Task WaitUntilAbortedAsync()
        => await Task.Delay(TimeSpan.FromSeconds(1), Http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (Http.Response.HasStarted)
        {
            throw new InvalidOperationException("The headers were sent already: they go before the first message, and once.");
        }

        ResponseEncoding = responseHeaders.GetValue(HeaderNames.RequestEncoding) ?? ResponseEncoding;
        MetadataHeaders.Write(Http.Response.Headers, responseHeaders);
        ApplyEncoding();
        await Http.Response.BodyWriter.FlushAsync(CancellationTokenCore).ConfigureAwait(false);
    }

    /// <summary>Sets <c>grpc-encoding</c> before the headers go; answers the compression.</summary>
    public global::Grpc.Net.Compression.ICompressionProvider? ApplyEncoding()
    {
        if (ResponseEncoding is null || settings.ChooseForResponse(ResponseEncoding, Http.Request) is not { } compression)
        {
            return null;
        }

        if (!Http.Response.HasStarted)
        {
            Http.Response.Headers[HeaderNames.Encoding] = compression.EncodingName;
        }

        return compression;
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => new Propagation(this, options ?? ContextPropagationOptions.Default);

    private AuthContext ReadAuthContext()
    {
        if (Http.Connection.ClientCertificate is not { } certificate)
        {
            return new AuthContext(null, []);
        }

        var name = certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false);
        return new AuthContext("x509_common_name", new() { ["x509_common_name"] = [AuthProperty.Create("x509_common_name", System.Text.Encoding.UTF8.GetBytes(name))] });
    }

    private sealed class Propagation(HttpServerCallContext context, ContextPropagationOptions options) : ContextPropagationToken
    {
        internal override DateTime? Deadline => options.IsPropagateDeadline && context._deadline is { } deadline ? deadline.At : null;

        internal override CancellationToken CancellationToken => options.IsPropagateCancellation ? context.CancellationTokenCore : default;
    }
}
