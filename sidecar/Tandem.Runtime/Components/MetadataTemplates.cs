using Tandem.Components.Metadata;

namespace Tandem.Runtime.Components;

/// <summary>Replaces what Dapr lets people write in metadata values: <c>{uuid}</c>, <c>{appID}</c>, <c>{namespace}</c>, <c>{podName}</c>.</summary>
internal static class MetadataTemplates
{
    /// <summary>The settings with every template replaced.</summary>
    /// <exception cref="ComponentFaultException">A value asks for something that is not known here; the message names the field.</exception>
    public static ComponentMetadata Apply(ComponentMetadata settings, SidecarOptions options)
    {
        if (!settings.Values.Values.Any(static value => value.Contains('{', StringComparison.Ordinal)))
        {
            return settings;
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in settings.Values)
        {
            values[name] = value
                .Replace("{uuid}", Guid.NewGuid().ToString(), StringComparison.Ordinal)
                .Replace("{appID}", options.AppId, StringComparison.Ordinal)
                .Replace("{namespace}", $"{options.Namespace}.{options.AppId}", StringComparison.Ordinal)
                .Replace("{podName}", PodName(name, value), StringComparison.Ordinal);
        }

        return new ComponentMetadata(values);
    }

    private static string PodName(string field, string value)
        => value.Contains("{podName}", StringComparison.Ordinal)
            ? Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } name
                ? name
                : throw new ComponentFaultException($"spec.metadata '{field}' asks for {{podName}}, but POD_NAME is not set")
            : "";
}
