using System.Globalization;

namespace Tandem.Cli.Sidecar;

/// <summary>Sizes as Kubernetes writes them: <c>4Mi</c>, <c>512Ki</c>, <c>1M</c>, <c>4096</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1),
    ];

    public static bool TryParse(string text, out long size)
    {
        size = 0;
        foreach (var (suffix, factor) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number > 0
                && number * factor <= long.MaxValue)
            {
                size = (long)(number * factor);
                return true;
            }
        }

        return false;
    }
}
