using System.Text.Json;

namespace Tandem.Payment;

/// <summary>How values are kept in columns that mean the same on every database.</summary>
internal static class Stored
{
    public static long Cents(decimal amount) => (long)decimal.Round(amount * 100, MidpointRounding.AwayFromZero);

    public static decimal Amount(long cents) => cents / 100m;

    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static string Name(PaymentStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    public static PaymentStatus Status(string name) => TryStatus(name, out var status) ? status : throw new FormatException($"Unknown payment status {name}.");

    /// <summary>Reads a status as it is on the wire, in lower snake case and in no other form.</summary>
    public static bool TryStatus(string name, out PaymentStatus status)
    {
        foreach (var known in Enum.GetValues<PaymentStatus>())
        {
            if (string.Equals(Name(known), name, StringComparison.Ordinal))
            {
                status = known;
                return true;
            }
        }

        status = default;
        return false;
    }

    /// <summary>The present, cut to what a column keeps: an answer must not change when it is read again.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Time(Time(time.GetUtcNow()));
}
