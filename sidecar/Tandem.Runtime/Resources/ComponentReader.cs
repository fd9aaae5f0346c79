namespace Tandem.Runtime.Resources;

/// <summary>Reads Component resources.</summary>
internal static class ComponentReader
{
    public static ComponentResource Read(YamlMap document)
    {
        var spec = document.RequireMap("spec").Expect("type", "version", "ignoreErrors", "initTimeout", "metadata", "auth");
        return new ComponentResource
        {
            Id = document.Resource,
            Type = spec.RequireString("type"),
            Version = spec.GetString("version") is { Length: > 0 } version ? version : "v1",
            IgnoreErrors = spec.GetBool("ignoreErrors", false),
            InitTimeout = spec.GetDuration("initTimeout") ?? TimeSpan.FromSeconds(5),
            Metadata = [.. spec.GetMaps("metadata").Select(ReadEntry)],
            SecretStore = ReadSecretStore(document, spec),
            Scopes = document.GetStrings("scopes"),
        };
    }

    /// <summary>The secret store that the resource's references read from.</summary>
    public static string? ReadSecretStore(YamlMap document, YamlMap spec)
        => (document.GetMap("auth") ?? spec.GetMap("auth"))?.GetString("secretStore") is { Length: > 0 } name ? name : null;

    /// <summary>Reads a name with a value, or with where to take it from.</summary>
    public static MetadataEntry ReadEntry(YamlMap entry) => ReadValue(entry, entry.RequireString("name"));

    /// <summary>Reads a value, or where to take it from.</summary>
    public static MetadataEntry ReadValue(YamlMap entry, string name)
    {
        if (entry.GetMap("secretKeyRef") is { } secret)
        {
            var secretName = secret.RequireString("name");
            return new MetadataEntry(name, null, secretName, secret.GetString("key") is { Length: > 0 } key ? key : secretName);
        }

        return entry.GetString("envRef") is { Length: > 0 } variable
            ? new MetadataEntry(name, null, EnvironmentVariable: variable)
            : new MetadataEntry(name, entry.GetString("value") ?? "");
    }
}
