using System.Collections.Frozen;
using System.IO.Compression;
using Grpc.Net.Compression;

namespace Tandem.Grpc.Compression;

/// <summary>The compressions that one side understands.</summary>
internal sealed class CompressionSet(IEnumerable<ICompressionProvider> providers)
{
    private readonly FrozenDictionary<string, ICompressionProvider> _providers = providers.ToFrozenDictionary(static provider => provider.EncodingName, StringComparer.Ordinal);

    /// <summary>gzip and deflate.</summary>
    public static IList<ICompressionProvider> Defaults => [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];

    /// <summary>What <c>grpc-accept-encoding</c> says.</summary>
    public string AcceptEncoding => field ??= string.Join(',', _providers.Keys.Order(StringComparer.Ordinal).Prepend("identity"));

    /// <summary>A compression by its name; null when it is not understood, or there is no name.</summary>
    public ICompressionProvider? Find(string? encoding) => encoding is not null && _providers.TryGetValue(encoding, out var provider) ? provider : null;
}
