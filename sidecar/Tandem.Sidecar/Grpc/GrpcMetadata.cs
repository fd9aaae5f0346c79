using Google.Protobuf.Collections;

namespace Tandem.Sidecar.Grpc;

/// <summary>The <c>metadata</c> of requests, whose names are told apart without regard to case, as those of HTTP are.</summary>
internal static class GrpcMetadata
{
    private static readonly Dictionary<string, string> None = [];

    public static IReadOnlyDictionary<string, string> Read(MapField<string, string> metadata) => metadata.Count == 0 ? None : Copy(metadata);

    public static IReadOnlyDictionary<string, string>? ReadOrNull(MapField<string, string> metadata) => metadata.Count == 0 ? null : Copy(metadata);

    /// <summary>Both, where the entry's own win.</summary>
    public static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> shared, MapField<string, string> own)
    {
        if (own.Count == 0)
        {
            return shared;
        }

        var merged = Copy(own);
        foreach (var (name, value) in shared)
        {
            merged.TryAdd(name, value);
        }

        return merged;
    }

    private static Dictionary<string, string> Copy(MapField<string, string> metadata)
    {
        var copy = new Dictionary<string, string>(metadata.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            copy[name] = value;
        }

        return copy;
    }
}
