using System.Globalization;
using System.Text.Json;

namespace Tandem.Components.Local.Secrets;

/// <summary>Turns the JSON of a secrets file into named secrets.</summary>
internal static class SecretFile
{
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Read(JsonElement root, FileSecretStoreOptions options)
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            if (options.MultiValued && property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var value in property.Value.EnumerateObject())
                {
                    Flatten(value.Name, value.Value, options.Separator, values);
                }

                secrets[property.Name] = values;
                continue;
            }

            Flatten(property.Name, property.Value, options.Separator, values);
            foreach (var (name, value) in values)
            {
                secrets[name] = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
            }
        }

        return secrets;
    }

    private static void Flatten(string name, JsonElement element, string separator, Dictionary<string, string> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(name + separator + property.Name, property.Value, separator, into);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(name + separator + index.ToString(CultureInfo.InvariantCulture), item, separator, into);
                    index++;
                }

                break;
            case JsonValueKind.String:
                into[name] = element.GetString()!;
                break;
            default:
                into[name] = NotText(element);
                break;
        }
    }

    /// <summary>What Dapr makes of a value that is no text; apps that met it rely on it, and a secret in quotes avoids it.</summary>
    private static string NotText(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => $"%!s(float64={Number(element.GetDouble())})",
        JsonValueKind.True => "%!s(bool=true)",
        JsonValueKind.False => "%!s(bool=false)",
        _ => "%!s(<nil>)",
    };

    private static string Number(double value)
        => Math.Abs(value) is < 1e21 and >= 1e15
            ? value.ToString("F0", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
