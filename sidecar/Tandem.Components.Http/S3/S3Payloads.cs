using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http.S3;

/// <summary>Which objects to list.</summary>
internal sealed record S3ListRequest
{
    public const int DefaultMaxResults = 1000;

    public string? Marker { get; init; }

    public string? Prefix { get; init; }

    public int MaxResults { get; init; }

    public string? Delimiter { get; init; }
}

/// <summary>What to read or to keep, of many.</summary>
internal sealed record S3BulkItem(string? Key, string? Data = null, string? ContentType = null, string? FilePath = null);

/// <summary>Many of them.</summary>
internal sealed record S3BulkRequest
{
    public IReadOnlyList<S3BulkItem?>? Items { get; init; }

    public IReadOnlyList<string?>? Keys { get; init; }

    public int? Concurrency { get; init; }
}

/// <summary>What became of one of many.</summary>
internal sealed record S3BulkResult(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Data = null,
    [property: JsonPropertyName("location"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Location = null,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <summary>The JSON of requests and answers.</summary>
internal static class S3Payloads
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    /// <exception cref="BindingException">The data are no JSON of that kind.</exception>
    public static T Read<T>(BindingRequest request)
        where T : class, new()
    {
        if (request.Data.IsEmpty)
        {
            return new T();
        }

        try
        {
            return JsonSerializer.Deserialize<T>(request.Unquoted().Span, Names) ?? new T();
        }
        catch (JsonException exception)
        {
            throw new BindingException($"operation '{request.Operation}': the data are not the JSON that it needs ({exception.Path ?? "$"})", exception);
        }
    }

    /// <summary>A page of objects, under the names that Dapr gives it.</summary>
    public static byte[] WriteList(XElement page)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMany(writer, "CommonPrefixes", page, static (writer, prefix) => WriteText(writer, prefix, "Prefix"));
            WriteMany(writer, "Contents", page, WriteObject);
            WriteText(writer, page, "Delimiter");
            WriteText(writer, page, "EncodingType");
            writer.WriteBoolean("IsTruncated", S3Client.Text(page, "IsTruncated") is "true");
            WriteText(writer, page, "Marker");
            WriteNumber(writer, page, "MaxKeys");
            WriteText(writer, page, "Name");
            WriteText(writer, page, "NextMarker");
            WriteText(writer, page, "Prefix");
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteMany(Utf8JsonWriter writer, string name, XElement page, Action<Utf8JsonWriter, XElement> write)
    {
        var elements = page.Elements().Where(element => element.Name.LocalName == name).ToList();
        if (elements.Count == 0)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        foreach (var element in elements)
        {
            writer.WriteStartObject();
            write(writer, element);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, XElement item)
    {
        WriteText(writer, item, "ETag");
        WriteText(writer, item, "Key");
        WriteText(writer, item, "LastModified");
        if (item.Elements().FirstOrDefault(static element => element.Name.LocalName == "Owner") is { } owner)
        {
            writer.WriteStartObject("Owner");
            WriteText(writer, owner, "DisplayName");
            WriteText(writer, owner, "ID");
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("Owner");
        }

        WriteNumber(writer, item, "Size");
        WriteText(writer, item, "StorageClass");
    }

    private static void WriteText(Utf8JsonWriter writer, XElement element, string name) => writer.WriteString(name, S3Client.Text(element, name) is { Length: > 0 } text ? text : null);

    private static void WriteNumber(Utf8JsonWriter writer, XElement element, string name)
    {
        if (long.TryParse(S3Client.Text(element, name), out var number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
