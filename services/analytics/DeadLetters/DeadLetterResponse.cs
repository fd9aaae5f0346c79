using System.Text;
using System.Text.Json;

namespace Tandem.Analytics;

/// <summary>A dead letter as admins see it.</summary>
/// <param name="Id">Its own id.</param>
/// <param name="EventId">The CloudEvent's id; null when the message is no CloudEvent.</param>
/// <param name="Type">The CloudEvent's type.</param>
/// <param name="Subject">What the event is about.</param>
/// <param name="Source">Who published it.</param>
/// <param name="Topic">The topic that it was published to.</param>
/// <param name="Status">dead, retrying or retried.</param>
/// <param name="DiedAt">When it was last given up.</param>
/// <param name="EventTime">When the event was published.</param>
/// <param name="Deaths">How often it was given up.</param>
/// <param name="Retries">How often it was sent again.</param>
/// <param name="RetriedAt">When that was last asked for.</param>
/// <param name="SentAt">When it was last done.</param>
/// <param name="Size">How many bytes the message has.</param>
/// <param name="Data">The event's data: JSON where it is JSON, else its text or, in base64, its bytes; null in lists when it is large.</param>
internal sealed record DeadLetterResponse(
    string Id,
    string? EventId,
    string? Type,
    string? Subject,
    string? Source,
    string Topic,
    DeadLetterStatus Status,
    DateTimeOffset DiedAt,
    DateTimeOffset? EventTime,
    int Deaths,
    int Retries,
    DateTimeOffset? RetriedAt,
    DateTimeOffset? SentAt,
    int Size,
    JsonElement? Data)
{
    /// <summary>What is nested deeper than the API's own JSON may be is shown as the text that it is.</summary>
    private static readonly JsonDocumentOptions Shown = new() { MaxDepth = 24 };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string NameOf(DeadLetterStatus status) => status switch
    {
        DeadLetterStatus.Dead => "dead",
        DeadLetterStatus.Retrying => "retrying",
        _ => "retried",
    };

    public static DeadLetterResponse From(DeadLetter letter) => new(
        letter.Id,
        letter.EventId,
        letter.Type,
        letter.Subject,
        letter.Source,
        letter.Topic,
        letter.Status,
        letter.DiedAt,
        letter.EventTime,
        letter.Deaths,
        letter.Retries,
        letter.RetriedAt,
        letter.SentAt,
        letter.Size,
        letter.Message is { } message ? DataOf(Convert.FromBase64String(message), letter.IsCloudEvent) : null);

    private static JsonElement? DataOf(byte[] message, bool isCloudEvent)
    {
        try
        {
            using var document = JsonDocument.Parse(message, Shown);
            return !isCloudEvent ? document.RootElement.Clone()
                : document.RootElement.TryGetProperty("data", out var data) || document.RootElement.TryGetProperty("data_base64", out data) ? data.Clone()
                : null;
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(TextOf(message));
        }
    }

    private static string TextOf(byte[] message)
    {
        try
        {
            return Strict.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToBase64String(message);
        }
    }
}
