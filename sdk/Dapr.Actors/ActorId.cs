using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dapr.Actors;

/// <summary>What tells one actor of a type from another.</summary>
[JsonConverter(typeof(ActorIdJsonConverter))]
#pragma warning disable CA1036, CA1067 // The official type is comparable without comparison operators.
public class ActorId : IEquatable<ActorId>, IComparable<ActorId>
{
    private readonly string _id;

    /// <summary>An id; it may not be blank.</summary>
    public ActorId(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        _id = id;
    }

    /// <summary>Whether both are the same id.</summary>
    public static bool operator ==(ActorId? id1, ActorId? id2) => id1 is null ? id2 is null : id1.Equals(id2);

    /// <summary>Whether the two differ.</summary>
    public static bool operator !=(ActorId? id1, ActorId? id2) => !(id1 == id2);

    /// <summary>An id that nobody else has.</summary>
    public static ActorId CreateRandom() => new(Guid.NewGuid().ToString());

    /// <summary>The id as text.</summary>
    public string GetId() => _id;

    /// <inheritdoc />
    public override string ToString() => _id;

    /// <inheritdoc />
    public override int GetHashCode() => _id.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ActorId);

    /// <inheritdoc />
    public bool Equals(ActorId? other) => other is not null && string.Equals(_id, other._id, StringComparison.Ordinal);

    /// <inheritdoc />
    public int CompareTo(ActorId? other) => other is null ? 1 : string.CompareOrdinal(_id, other._id);
}
#pragma warning restore CA1036, CA1067

internal sealed class ActorIdJsonConverter : JsonConverter<ActorId>
{
    public override ActorId? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("An actor id is a string.");
        }

        var id = reader.GetString();
        return string.IsNullOrWhiteSpace(id) ? null : new ActorId(id);
    }

    public override void Write(Utf8JsonWriter writer, ActorId value, JsonSerializerOptions options) => writer.WriteStringValue(value.GetId());
}
