using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>An event that at least one of its subscribers has given up, and what was done about it.</summary>
internal sealed class DeadLetter
{
    public string Id { get; init; } = "";

    /// <summary>The topic that it was published to, and is sent to again.</summary>
    public string Topic { get; init; } = "";

    public string Fingerprint { get; init; } = "";

    public string? EventId { get; init; }

    public string? Type { get; init; }

    public string? Subject { get; init; }

    public string? Source { get; init; }

    public DateTimeOffset? EventTime { get; init; }

    /// <summary>The message in base64; nothing where it was not asked for.</summary>
    public string? Message { get; init; }

    /// <summary>How many bytes it has.</summary>
    public int Size { get; init; }

    public DeadLetterStatus Status { get; set; }

    /// <summary>How often it died.</summary>
    public int Deaths { get; set; }

    /// <summary>How often it was sent again.</summary>
    public int Retries { get; set; }

    public DateTimeOffset DiedAt { get; set; }

    public DateTimeOffset? RetriedAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Whether it has an envelope.</summary>
    public bool IsCloudEvent => EventId is not null;

    public static DeadLetter Of(string topic, DeadMessage message, DateTimeOffset now) => new()
    {
        Id = Ids.New(now),
        Topic = topic,
        Fingerprint = message.Fingerprint,
        EventId = message.EventId,
        Type = message.Type,
        Subject = message.Subject,
        Source = message.Source,
        EventTime = message.Time,
        Message = Convert.ToBase64String(message.Bytes.Span),
        Size = message.Bytes.Length,
        Deaths = 1,
        Retries = message.Retries ?? 0,
        DiedAt = now,
    };

    /// <summary>
    /// The same message has come to the dead-letter topic again. That is a new death only when it had been sent again meanwhile; otherwise it is
    /// the same letter, delivered twice or given up by another subscriber.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    public bool DieAgain(int? retries, DateTimeOffset now)
    {
        if (Status == DeadLetterStatus.Dead || retries < Retries)
        {
            return false;
        }

        Status = DeadLetterStatus.Dead;
        Deaths++;
        DiedAt = now;
        return true;
    }

    /// <summary>Somebody wants it sent again. While it is about to be, another wish changes nothing.</summary>
    /// <returns>Whether it can be: one that was sent, and did not come back, cannot.</returns>
    public bool Retry(DateTimeOffset now)
    {
        if (Status == DeadLetterStatus.Dead)
        {
            Status = DeadLetterStatus.Retrying;
            Retries++;
            RetriedAt = now;
            SentAt = null;
        }

        return Status == DeadLetterStatus.Retrying;
    }
}
