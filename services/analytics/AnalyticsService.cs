namespace Tandem.Analytics;

/// <summary>Names this assembly to whoever hosts it.</summary>
public sealed class AnalyticsService;
