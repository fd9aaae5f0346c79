using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>A service's own description of what can be asked of it.</summary>
internal sealed partial class OpenApiDocument(JsonElement root)
{
    public static async Task<OpenApiDocument> OfAsync(SecuredService service)
    {
        using var client = service.CreateClient();
        return new OpenApiDocument(await client.GetAsync("/openapi/v1.json", HttpStatusCode.OK));
    }

    public IEnumerable<(string Method, string Path, JsonElement Operation)> Operations
        => root.GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject()
            .Where(static operation => operation.Name is "get" or "post" or "put" or "delete" or "patch")
            .Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value)));

    /// <summary>Every name that a request body can have a value under, however deep.</summary>
    public IEnumerable<(string Name, JsonElement Schema)> RequestFields
        => Operations.Select(static operation => SchemaOf(operation.Operation)).OfType<JsonElement>().SelectMany(schema => FieldsOf(schema, 0));

    /// <summary>The operation's path and query with this text wherever one can be written.</summary>
    public static string Address(string path, JsonElement operation, string text)
    {
        var hostile = Uri.EscapeDataString(text);
        var address = Placeholder().Replace(path, hostile);
        if (!operation.TryGetProperty("parameters", out var parameters))
        {
            return address;
        }

        var query = parameters.EnumerateArray().Where(static p => p.GetProperty("in").GetString() == "query").Select(p => $"{p.GetProperty("name").GetString()}={hostile}");
        return $"{address}?{string.Join('&', query)}";
    }

    /// <summary>The operation's body with this text in every field that takes one; nothing when it takes none.</summary>
    public JsonNode? Body(JsonElement operation, string text) => SchemaOf(operation) is { } schema ? Write(schema, text, 0) : null;

    private static JsonElement? SchemaOf(JsonElement operation)
        => operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) ? json.GetProperty("schema") : null;

    private JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Resolve(root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]));
        }

        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var choices))
            {
                return Resolve(choices.EnumerateArray().First(static one => !(one.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null")));
            }
        }

        return schema;
    }

    private IEnumerable<(string, JsonElement)> FieldsOf(JsonElement schema, int depth)
    {
        var resolved = Resolve(schema);
        if (depth > 5)
        {
            yield break;
        }

        if (resolved.TryGetProperty("items", out var items))
        {
            foreach (var field in FieldsOf(items, depth + 1))
            {
                yield return field;
            }
        }

        if (!resolved.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        foreach (var property in properties.EnumerateObject())
        {
            yield return (property.Name, Resolve(property.Value));
            foreach (var field in FieldsOf(property.Value, depth + 1))
            {
                yield return field;
            }
        }
    }

    private JsonNode? Write(JsonElement schema, string text, int depth)
    {
        var resolved = Resolve(schema);
        if (resolved.TryGetProperty("enum", out var values))
        {
            return JsonNode.Parse(values[0].GetRawText());
        }

        if (depth < 6 && resolved.TryGetProperty("properties", out var properties))
        {
            return new JsonObject(properties.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Write(property.Value, text, depth + 1))));
        }

        if (depth < 6 && resolved.TryGetProperty("items", out var items))
        {
            return new JsonArray(Write(items, text, depth + 1));
        }

        var type = resolved.TryGetProperty("type", out var given) ? given.ToString() : "string";
        return type.Contains("string", StringComparison.Ordinal) && !resolved.TryGetProperty("format", out _) ? JsonValue.Create(text)
            : type.Contains("integer", StringComparison.Ordinal) || type.Contains("number", StringComparison.Ordinal) ? JsonValue.Create(1)
            : type.Contains("boolean", StringComparison.Ordinal) ? JsonValue.Create(true)
            : type.Contains("object", StringComparison.Ordinal) ? new JsonObject { [text] = text }
            : resolved.TryGetProperty("format", out var format) && format.GetString() == "date-time" ? JsonValue.Create(DateTime.UtcNow.AddDays(1).ToString("O", CultureInfo.InvariantCulture))
            : JsonValue.Create(text);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
