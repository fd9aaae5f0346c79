namespace Dapr.Client;

/// <summary>One configuration value.</summary>
public class ConfigurationItem(string value, string version, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>The value.</summary>
    public string Value { get; } = value;

    /// <summary>Its version.</summary>
    public string Version { get; } = version;

    /// <summary>What the store says with it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;
}

/// <summary>The configuration values that were asked for and exist.</summary>
public class GetConfigurationResponse(IReadOnlyDictionary<string, ConfigurationItem> configMap)
{
    /// <summary>The values by key.</summary>
    public IReadOnlyDictionary<string, ConfigurationItem> Items { get; } = configMap;
}
