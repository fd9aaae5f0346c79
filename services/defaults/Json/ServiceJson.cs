using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>The JSON of the mesh: camelCase, enum values in lower snake case, times in UTC, numbers as numbers.</summary>
public static class ServiceJson
{
    /// <summary>The options for everything that a service reads and writes itself: events, stored documents, answers of other services.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static IServiceCollection AddServiceJson(this IServiceCollection services)
        => services.ConfigureHttpJsonOptions(static options => Configure(options.SerializerOptions));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void Configure(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
    }

    /// <summary>Reads any RFC 3339 time, writes it in UTC with a <c>Z</c>.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
            => writer.WriteStringValue(value.UtcDateTime);
    }
}
