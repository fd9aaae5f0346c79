using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http;

/// <summary>Sizes as Kubernetes writes them: <c>100Mi</c>, <c>1G</c>, <c>4096</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
        ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ];

    public static long Parse(ComponentMetadata metadata, string field, long defaultValue)
    {
        if (metadata.GetString(field)?.Trim() is not { } text)
        {
            return defaultValue;
        }

        var (suffix, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        return decimal.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= long.MaxValue / factor
            ? (long)(number * factor)
            : throw new ComponentMetadataException(field, $"must be a size such as 100Mi, not '{text}'");
    }
}
