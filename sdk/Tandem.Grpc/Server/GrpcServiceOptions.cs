using System.IO.Compression;
using Grpc.Net.Compression;
using Tandem.Grpc.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>The settings of all services of a server.</summary>
public class GrpcServiceOptions
{
    /// <summary>The largest message that is sent, in bytes; null (the default) for any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message that is taken, in bytes after decompression; 4 MiB by default, null for any.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether a client reads the message of an exception that a method threw; false by default: it may say what is nobody's business.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>The compression of responses; null (the default) for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard is compressed.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>The compressions that are understood; gzip and deflate by default.</summary>
    public IList<ICompressionProvider> CompressionProviders { get; set; } = CompressionSet.Defaults;

    /// <summary>What each call passes, the first first.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    /// <summary>Whether calls to services that are not here are left to the rest of the pipeline; false by default: they are answered with Unimplemented.</summary>
    public bool? IgnoreUnknownServices { get; set; }
}

/// <summary>The settings of one service.</summary>
/// <typeparam name="TService">The service.</typeparam>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
