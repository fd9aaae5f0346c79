using System.Globalization;
using Tandem.Components.State;

namespace Tandem.Runtime.State.Outbox;

/// <summary>The key that a transaction stores for each of its events: who finds it knows that the transaction has committed.</summary>
internal static class OutboxMarker
{
    private const string Prefix = "outbox-";
    private static readonly byte[] Value = "\"0\""u8.ToArray();

    /// <summary>A new marker; it tells when it was made.</summary>
    public static string Create(DateTimeOffset now) => Prefix + Guid.CreateVersion7(now);

    /// <summary>Stores a marker.</summary>
    public static StateSet Set(string marker) => new(marker, Value);

    /// <summary>When the marker was made; <see langword="null"/> for those of other runtimes.</summary>
    public static DateTimeOffset? TimeOf(string marker)
    {
        if (!marker.StartsWith(Prefix, StringComparison.Ordinal) || !Guid.TryParse(marker.AsSpan(Prefix.Length), out var id) || id.Version != 7)
        {
            return null;
        }

        // The first 48 bits of such an id are milliseconds.
        var digits = id.ToString("N", CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(digits.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }
}
