using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Tandem.Contracts.Grpc.Common.V1;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Grpc;

/// <summary>
/// Holds what gRPC answers against what HTTP answers: the same fields with the same values. An amount is a number and a currency beside it over
/// HTTP, a Money over gRPC; a status is a word, or a value of an enum; what is null is not set.
/// </summary>
internal static class SameAnswer
{
    public static void Check(JsonElement http, IMessage grpc) => Check(grpc.Descriptor.Name, http, grpc, null);

    private static void Check(string path, JsonElement http, IMessage grpc, string? currency)
    {
        currency = http.TryGetProperty("currency", out var said) ? said.GetString() : currency;
        foreach (var property in http.EnumerateObject().Where(static property => property.Name != "currency"))
        {
            var field = grpc.Descriptor.Fields.InFieldNumberOrder().SingleOrDefault(field => field.JsonName == property.Name);
            Assert.True(field is not null, $"{path} has no field for {property.Name}.");
            CheckField($"{path}.{field.Name}", property.Value, field, grpc, currency);
        }

        var missing = grpc.Descriptor.Fields.InFieldNumberOrder().Where(field => !http.TryGetProperty(field.JsonName, out _)).Select(static field => field.Name);
        Assert.True(!missing.Any(), $"HTTP does not say {string.Join(", ", missing)} of {path}.");
    }

    private static void CheckField(string path, JsonElement http, FieldDescriptor field, IMessage grpc, string? currency)
    {
        var value = field.Accessor.GetValue(grpc);
        if (http.ValueKind == JsonValueKind.Null)
        {
            Assert.True(field.HasPresence && !field.Accessor.HasValue(grpc), $"{path} is {value}, over HTTP it is null.");
        }
        else if (field.IsMap)
        {
            var entries = (IEnumerable<KeyValuePair<string, string>>)value;
            Assert.Equal(http.Deserialize<Dictionary<string, string>>()!.OrderBy(static entry => entry.Key), entries.OrderBy(static entry => entry.Key));
        }
        else if (field.IsRepeated)
        {
            var items = ((IList)value).Cast<object>().ToList();
            Assert.Equal(http.GetArrayLength(), items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                CheckValue($"{path}[{i}]", http[i], field, items[i], currency);
            }
        }
        else
        {
            Assert.True(!field.HasPresence || field.Accessor.HasValue(grpc), $"{path} is not set, over HTTP it is {http}.");
            CheckValue(path, http, field, value, currency);
        }
    }

    private static void CheckValue(string path, JsonElement http, FieldDescriptor field, object value, string? currency)
    {
        switch (value)
        {
            case Money money:
                Assert.True(http.GetDecimal() == money.ToAmount() && currency == money.Currency, $"{path} is {money}, over HTTP it is {http} {currency}.");
                break;
            case Timestamp time:
                Assert.Equal(http.GetDateTimeOffset(), time.ToDateTimeOffset());
                break;
            case IMessage message:
                Check(path, http, message, currency);
                break;
            case System.Enum:
                var prefix = $"{JsonNamingPolicy.SnakeCaseUpper.ConvertName(field.EnumType.Name)}_";
                Assert.Equal(http.GetString(), field.EnumType.FindValueByNumber(Convert.ToInt32(value, null)).Name[prefix.Length..].ToLowerInvariant());
                break;
            case string text:
                Assert.Equal(http.GetString(), text);
                break;
            default:
                Assert.Equal(http.GetInt64(), Convert.ToInt64(value, null));
                break;
        }
    }
}
