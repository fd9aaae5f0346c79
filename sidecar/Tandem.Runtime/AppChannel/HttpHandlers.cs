using System.Net;
using System.Net.Security;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;

namespace Tandem.Runtime.AppChannel;

/// <summary>How the sidecar speaks HTTP outward: it forwards, so nothing is followed, decoded, cached or added.</summary>
public static class HttpHandlers
{
    /// <summary>What a server may send of one answer before it is read.</summary>
    private const int Http2Window = 1024 * 1024;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Makes a handler with a connection pool of its own.</summary>
    /// <param name="trustAnyCertificate">For the app beside the sidecar, whose certificate nobody signed.</param>
    public static SocketsHttpHandler Create(bool trustAnyCertificate = false)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            // Headers pass through as bytes of any kind; they are not the sidecar's to judge.
            RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
        };
        if (trustAnyCertificate)
        {
#pragma warning disable CA5359 // The app's own certificate on this machine, as daprd takes it for --app-protocol https.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        return handler;
    }

    /// <summary>Makes a handler for calls that last, stream and share a connection.</summary>
    public static SocketsHttpHandler CreateHttp2(bool trustAnyCertificate)
    {
        var handler = Create(trustAnyCertificate);
        handler.InitialHttp2StreamWindowSize = Http2Window;
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        return handler;
    }

    /// <summary>What the server says of a body that it cannot take; a chunk whose size is beyond all numbers it reports in its own way.</summary>
    public static BadHttpRequestException? AsRefused(Exception? exception) => exception switch
    {
        BadHttpRequestException refused => refused,
        IOException { InnerException: OverflowException } => new BadHttpRequestException(exception.Message, StatusCodes.Status400BadRequest, exception),
        _ => null,
    };

    /// <summary>A request that failed because its caller's body was refused (too large, cut off) is the caller's fault, and nobody else's.</summary>
    public static void RethrowIfRefused(HttpRequestException exception)
    {
        if (AsRefused(exception.InnerException) is { } refused)
        {
            ExceptionDispatchInfo.Throw(refused);
        }
    }

    /// <summary>An absolute URI whose path and query go out exactly as they were written.</summary>
    public static Uri CreateUri(string origin, string pathAndQuery)
        => new(pathAndQuery.StartsWith('/') ? origin + pathAndQuery : $"{origin}/{pathAndQuery}", in AsWritten);
}
