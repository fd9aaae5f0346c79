using System.Globalization;
using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>Reads and saves actors' state through the sidecar.</summary>
internal sealed class ActorStateStore(ActorSidecar sidecar, JsonSerializerOptions json)
{
    private const string ExpiryHeader = "metadata.ttlExpireTime";

    public async Task<ConditionalValue<(T Value, DateTimeOffset? ExpiresAt)>> LoadAsync<T>(string actorType, ActorId actorId, string stateName, CancellationToken cancellationToken)
    {
        using var response = await sidecar.GetStateAsync(actorType, actorId, stateName, cancellationToken).ConfigureAwait(false);
        if (response is null)
        {
            return default;
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset? expiresAt = response.Headers.NonValidated.TryGetValues(ExpiryHeader, out var values)
            && DateTimeOffset.TryParse(values.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        return new(true, (JsonSerializer.Deserialize<T>(body, json)!, expiresAt));
    }

    public async Task<bool> ContainsAsync(string actorType, ActorId actorId, string stateName, CancellationToken cancellationToken)
    {
        using var response = await sidecar.GetStateAsync(actorType, actorId, stateName, cancellationToken).ConfigureAwait(false);
        return response is not null;
    }

    public Task SaveAsync(string actorType, ActorId actorId, IReadOnlyList<KeyValuePair<string, TrackedState>> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonBody.Write((changes, now, json), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (var (name, change) in state.changes)
            {
                Write(writer, name, change, state.now, state.json);
            }

            writer.WriteEndArray();
        });
        return sidecar.SaveStateAsync(actorType, actorId, body, cancellationToken);
    }

    private static void Write(Utf8JsonWriter writer, string name, TrackedState change, DateTimeOffset now, JsonSerializerOptions json)
    {
        var upsert = change.Kind != StateChangeKind.Remove;
        writer.WriteStartObject();
        writer.WriteString("operation", upsert ? "upsert" : "delete");
        writer.WriteStartObject("request");
        writer.WriteString("key", name);
        if (upsert)
        {
            writer.WritePropertyName("value");
            JsonSerializer.Serialize(writer, change.Value, change.Type, json);
            if (change.ExpiresAt is { } at)
            {
                // Whole seconds, upwards: zero would mean that it never expires.
                var seconds = Math.Max(1, (long)Math.Ceiling((at - now).TotalSeconds));
                writer.WriteStartObject("metadata");
                writer.WriteString("ttlInSeconds", seconds.ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
