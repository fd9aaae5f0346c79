namespace Tandem.ServiceDefaults;

/// <summary>Which service this process is.</summary>
/// <param name="AppId">The app id, which is also the name in logs, metrics and traces.</param>
public sealed record ServiceInfo(string AppId);
