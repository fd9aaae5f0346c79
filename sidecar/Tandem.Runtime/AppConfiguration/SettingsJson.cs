using System.Text.Json;
using Tandem.Components.Configuration;

namespace Tandem.Runtime.AppConfiguration;

/// <summary>Settings as the API and the app see them.</summary>
public static class SettingsJson
{
    /// <summary>Writes one setting; an empty object for one that is gone.</summary>
    public static void Write(Utf8JsonWriter writer, ConfigurationItem? item)
    {
        writer.WriteStartObject();
        if (item is not null)
        {
            writer.WriteString("value"u8, item.Value);
            if (item.Version.Length > 0)
            {
                writer.WriteString("version"u8, item.Version);
            }
        }

        writer.WriteEndObject();
    }
}
