namespace Tandem.Gateway;

/// <summary>How many requests a client may make.</summary>
/// <param name="Enabled">Whether anybody counts.</param>
/// <param name="Requests">How many in a window, in the long run.</param>
/// <param name="Window">The window.</param>
/// <param name="Burst">How many at once.</param>
internal sealed record RateLimitOptions(bool Enabled, int Requests, TimeSpan Window, int Burst)
{
    public static RateLimitOptions Read(IConfiguration configuration) => new(
        Settings.Flag(configuration, "RATE_LIMIT_ENABLED", fallback: true),
        Settings.Number(configuration, "RATE_LIMIT_REQUESTS", fallback: 100, least: 1),
        Settings.Duration(configuration, "RATE_LIMIT_WINDOW", TimeSpan.FromMinutes(1)),
        Settings.Number(configuration, "RATE_LIMIT_BURST", fallback: 10, least: 1));
}
