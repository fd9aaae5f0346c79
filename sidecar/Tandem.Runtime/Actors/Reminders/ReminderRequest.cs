using System.Text.Json.Serialization;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>The wish for a reminder.</summary>
public sealed record ReminderRequest
{
    /// <summary>When it fires first: a duration from now, or a time; at once when absent.</summary>
    public string? DueTime { get; init; }

    /// <summary>How it repeats; once when absent.</summary>
    public string? Period { get; init; }

    /// <summary>When it ends: a duration from now, or a time.</summary>
    public string? Ttl { get; init; }

    /// <summary>Whether a reminder of the same name may be replaced; yes when absent.</summary>
    public bool? Overwrite { get; init; }

    /// <summary>The app's data, JSON as it was sent.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public byte[]? Data { get; init; }
}
