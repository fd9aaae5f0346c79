using System.Text.Json;

namespace Tandem.Runtime.PubSub.Delivery;

/// <summary>What the app said of one delivery.</summary>
public enum DeliveryStatus
{
    /// <summary>It took the event.</summary>
    Success,

    /// <summary>It wants the event again.</summary>
    Retry,

    /// <summary>It does not want the event, now or later.</summary>
    Drop,
}

/// <summary>One attempt's end.</summary>
/// <param name="AppStatus">The app's HTTP status or, below 100, its gRPC status; 0 for none.</param>
/// <param name="Reason">Why it was not taken; for the log.</param>
public readonly record struct DeliveryResult(DeliveryStatus Status, int AppStatus, string Reason)
{
    /// <summary>Whether the app answered without an error, whatever it said of the event.</summary>
    public bool IsAnsweredWell => AppStatus is >= 200 and < 300;

    /// <summary>The app took the event.</summary>
    public static DeliveryResult Success { get; } = new(DeliveryStatus.Success, 200, "");

    /// <summary>Reads the app's answer: 404 drops, any other failure is tried again, and a good status may say otherwise in its body.</summary>
    public static DeliveryResult Read(int httpStatus, ReadOnlySpan<byte> body) => httpStatus switch
    {
        404 => new(DeliveryStatus.Drop, httpStatus, "the app has no such route (404)"),
        < 200 or >= 300 => new(DeliveryStatus.Retry, httpStatus, $"the app answered {httpStatus}"),
        _ => ReadBody(httpStatus, body),
    };

    /// <summary>Reads a status word.</summary>
    public static DeliveryResult ReadWord(int httpStatus, string? word) => word?.ToUpperInvariant() switch
    {
        null or "" or "SUCCESS" => new(DeliveryStatus.Success, httpStatus, ""),
        "RETRY" => new(DeliveryStatus.Retry, httpStatus, "the app asked for a retry"),
        "DROP" => new(DeliveryStatus.Drop, httpStatus, "the app dropped it"),
        var other => new(DeliveryStatus.Retry, httpStatus, $"the app answered the unknown status '{other}'"),
    };

    private static DeliveryResult ReadBody(int httpStatus, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return new(DeliveryStatus.Success, httpStatus, "");
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind is JsonValueKind.String
                ? ReadWord(httpStatus, status.GetString())
                : new(DeliveryStatus.Success, httpStatus, "");
        }
        catch (JsonException)
        {
            // An app that answers with something else has taken the event all the same, as its status says.
            return new(DeliveryStatus.Success, httpStatus, "");
        }
    }
}
