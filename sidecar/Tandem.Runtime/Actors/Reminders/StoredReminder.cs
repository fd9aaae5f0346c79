using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Runtime.Actors.Scheduling;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>A reminder as it is kept in the actor state store: what was asked for, and how far it has come.</summary>
internal sealed record StoredReminder
{
    private const string Prefix = "tandem-reminders||";

    /// <summary>The actor type.</summary>
    public required string ActorType { get; init; }

    /// <summary>The actor ID.</summary>
    public required string ActorId { get; init; }

    /// <summary>The reminder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The request's due time, as it was written.</summary>
    public string? DueTime { get; init; }

    /// <summary>The request's period, as it was written.</summary>
    public string? Period { get; init; }

    /// <summary>The request's time to live, as it was written.</summary>
    public string? Ttl { get; init; }

    /// <summary>The request's data.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public byte[]? Data { get; init; }

    /// <summary>When it fires next.</summary>
    public required DateTimeOffset Next { get; init; }

    /// <summary>How often it fires yet; absent when for ever.</summary>
    public int? RepetitionsLeft { get; init; }

    /// <summary>When it ends, when it has an end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key of a reminder. Its parts are escaped, so that no two reminders share one.</summary>
    public static string KeyOf(string actorType, string actorId, string name) => $"{PrefixOf(actorType)}{Escape(actorId)}||{Escape(name)}";

    /// <summary>What the keys of a type's reminders begin with.</summary>
    public static string PrefixOf(string actorType) => $"{Prefix}{Escape(actorType)}||";

    /// <summary>What the keys of an actor's reminders begin with; those of its type for no actor.</summary>
    public static string PrefixOf(string actorType, string? actorId) => actorId is null ? PrefixOf(actorType) : $"{PrefixOf(actorType)}{Escape(actorId)}||";

    /// <summary>Reads what is stored.</summary>
    /// <exception cref="JsonException">It is no reminder.</exception>
    public static StoredReminder Read(ReadOnlySpan<byte> value)
        => JsonSerializer.Deserialize(value, StoredReminderJson.Default.StoredReminder) ?? throw new JsonException("the stored reminder is empty");

    /// <summary>What to store.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, StoredReminderJson.Default.StoredReminder);

    /// <summary>The reminder after it has fired; <see langword="null"/> when that was the last time.</summary>
    public StoredReminder? After(DateTimeOffset now)
    {
        var left = RepetitionsLeft - 1;
        return left != 0 && ActorPeriod.TryParse(Period, out var period) && period.NextAfter(Next, now) is { } next && !(next > ExpiresAt)
            ? this with { Next = next, RepetitionsLeft = left }
            : null;
    }

    private static string Escape(string part) => part.Replace("%", "%25", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal);
}

/// <summary>How reminders are written in the state store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredReminder))]
internal sealed partial class StoredReminderJson : JsonSerializerContext;
