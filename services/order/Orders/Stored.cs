using System.Text.Json;

namespace Tandem.Order;

/// <summary>How values are kept in columns that mean the same on every database.</summary>
internal static class Stored
{
    public static long Cents(decimal amount) => (long)decimal.Round(amount * 100, MidpointRounding.AwayFromZero);

    public static decimal Amount(long cents) => cents / 100m;

    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static TEnum Parse<TEnum>(string name)
        where TEnum : struct, Enum
        => TryParse<TEnum>(name, out var value) ? value : throw new FormatException($"Unknown {typeof(TEnum).Name} {name}.");

    /// <summary>Reads a value as it is on the wire, in lower snake case and in no other form.</summary>
    public static bool TryParse<TEnum>(string name, out TEnum value)
        where TEnum : struct, Enum
    {
        foreach (var known in Enum.GetValues<TEnum>())
        {
            if (string.Equals(Name(known), name, StringComparison.Ordinal))
            {
                value = known;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The present, cut to what a column keeps: an answer must not change when it is read again.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Time(Time(time.GetUtcNow()));
}
