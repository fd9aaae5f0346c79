namespace Tandem.Gateway;

/// <summary>How one service is.</summary>
/// <param name="Name">Its app id.</param>
/// <param name="Status">healthy, degraded (some of its instances are not), unhealthy (it answers so) or unreachable.</param>
/// <param name="LatencyMs">How long its answer took: that of the slowest instance.</param>
/// <param name="Detail">What went wrong.</param>
internal sealed record ServiceHealth(string Name, string Status, double LatencyMs, string? Detail);
