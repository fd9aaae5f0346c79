using System.Text.Json.Serialization;

namespace Tandem.Runtime.Actors.Timers;

/// <summary>The wish for a timer.</summary>
public sealed record TimerRequest
{
    /// <summary>When it fires first: a duration from now, or a time; at once when absent.</summary>
    public string? DueTime { get; init; }

    /// <summary>How it repeats; once when absent.</summary>
    public string? Period { get; init; }

    /// <summary>When it ends: a duration from now, or a time.</summary>
    public string? Ttl { get; init; }

    /// <summary>What the app is to call.</summary>
    public string? Callback { get; init; }

    /// <summary>The app's data, JSON as it was sent.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public byte[]? Data { get; init; }
}
