using System.Globalization;

namespace Tandem.Gateway;

/// <summary>How many requests a client may make.</summary>
/// <param name="Enabled">Whether anybody counts.</param>
/// <param name="Requests">How many in a window, in the long run.</param>
/// <param name="Window">The window.</param>
/// <param name="Burst">How many at once.</param>
internal sealed record RateLimitOptions(bool Enabled, int Requests, TimeSpan Window, int Burst)
{
    public static RateLimitOptions Read(IConfiguration configuration) => new(
        GatewayOptions.Flag(configuration, "RATE_LIMIT_ENABLED", fallback: true),
        GatewayOptions.Number(configuration, "RATE_LIMIT_REQUESTS", fallback: 100, least: 1),
        WindowOf(configuration["RATE_LIMIT_WINDOW"]),
        GatewayOptions.Number(configuration, "RATE_LIMIT_BURST", fallback: 10, least: 1));

    /// <summary>A duration such as 1m or 30s; a plain number is seconds.</summary>
    private static TimeSpan WindowOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return TimeSpan.FromMinutes(1);
        }

        var unit = text[^1] switch
        {
            'h' => TimeSpan.FromHours(1),
            'm' => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromSeconds(1),
        };
        return int.TryParse(text.AsSpan().TrimEnd("hms"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number * unit
            : throw new InvalidOperationException($"RATE_LIMIT_WINDOW is \"{text}\"; expected a duration such as 1m or 30s.");
    }
}
