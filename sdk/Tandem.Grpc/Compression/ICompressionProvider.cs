using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>A compression of messages.</summary>
public interface ICompressionProvider
{
    /// <summary>Its name in <c>grpc-encoding</c>.</summary>
    string EncodingName { get; }

    /// <summary>A stream that compresses into the given one.</summary>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>A stream that decompresses the given one.</summary>
    Stream CreateDecompressionStream(Stream stream);
}
