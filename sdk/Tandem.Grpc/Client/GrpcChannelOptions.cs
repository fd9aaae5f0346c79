using Grpc.Core;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>A channel's settings.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>How calls are secured and what they carry; by default as the address's scheme says (<c>http</c>: not at all, <c>https</c>: TLS).</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>The largest message that is sent, in bytes; null (the default) for any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message that is taken, in bytes after decompression; 4 MiB by default, null for any.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The compressions that are understood; gzip and deflate by default.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>Where is logged; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>What sends requests; null for a handler of the channel's own. Not together with <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>What sends requests; its headers and its time limit hold. Not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Whether the channel disposes of the given handler or client with itself; false by default.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>A cancelled call throws <see cref="OperationCanceledException"/> rather than <see cref="RpcException"/>; false by default.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Call credentials are used although the channel has no TLS; false by default.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>Finds what further belongs to the channel.</summary>
    public IServiceProvider? ServiceProvider { get; set; }
}
