using System.Globalization;

namespace Tandem.Grpc.Protocol;

/// <summary>The header <c>grpc-timeout</c>: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    public const string Name = "grpc-timeout";

    private const long MaxValue = 99_999_999;

    // No timer of .NET waits longer; nobody waits for it either.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    private static readonly (char Unit, long Size)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads the header's value; false when it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > 9 || !long.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }

        var ticks = value[^1] switch
        {
            'n' => amount / 100,
            'u' => amount * TimeSpan.TicksPerMicrosecond,
            'm' => amount * TimeSpan.TicksPerMillisecond,
            'S' => amount * TimeSpan.TicksPerSecond,
            'M' => amount * TimeSpan.TicksPerMinute,
            'H' => amount * TimeSpan.TicksPerHour,
            _ => -1,
        };
        timeout = TimeSpan.FromTicks(Math.Min(ticks, Longest.Ticks));
        return ticks >= 0;
    }

    /// <summary>The value in the finest unit that holds it, never less than one.</summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 1);
        if (ticks <= MaxValue / 100)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{ticks * 100}n");
        }

        foreach (var (unit, size) in Units)
        {
            // Rounded up: a deadline is not to pass earlier there than here.
            var amount = (ticks / size) + (ticks % size == 0 ? 0 : 1);
            if (amount <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }
}
