using System.Text.Json.Serialization;
using Tandem.Runtime.Actors.Scheduling;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>A reminder as the API shows it.</summary>
public sealed record ReminderResponse
{
    /// <summary>The actor ID.</summary>
    [JsonPropertyName("actorID")]
    public required string ActorId { get; init; }

    /// <summary>The actor type.</summary>
    public required string ActorType { get; init; }

    /// <summary>The request's data.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public byte[]? Data { get; init; }

    /// <summary>The request's due time.</summary>
    public string? DueTime { get; init; }

    /// <summary>The period in Dapr's words: <c>@every 1s</c>.</summary>
    public string? Period { get; init; }

    /// <summary>The request's time to live.</summary>
    public string? Ttl { get; init; }

    internal static ReminderResponse From(StoredReminder reminder) => new()
    {
        ActorId = reminder.ActorId,
        ActorType = reminder.ActorType,
        Data = reminder.Data,
        DueTime = reminder.DueTime,
        Period = ActorPeriod.TryParse(reminder.Period, out var period) && period.Repeats ? period.ToString() : null,
        Ttl = reminder.Ttl,
    };
}
