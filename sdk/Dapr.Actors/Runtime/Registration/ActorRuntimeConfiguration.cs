using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>The settings as the sidecar reads them at <c>GET /dapr/config</c>.</summary>
internal static class ActorRuntimeConfiguration
{
    public static ReadOnlyMemory<byte> Write(ActorRuntimeOptions options) => JsonBody.Write(options, static (writer, options) =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("entities");
        foreach (var actor in options.Actors)
        {
            writer.WriteStringValue(actor.Type.ActorTypeName);
        }

        writer.WriteEndArray();
        Settings(writer, options);
        var own = options.Actors.Where(static actor => actor.TypeOptions is not null).ToList();
        if (own.Count > 0)
        {
            writer.WriteStartArray("entitiesConfig");
            foreach (var actor in own)
            {
                writer.WriteStartObject();
                writer.WriteStartArray("entities");
                writer.WriteStringValue(actor.Type.ActorTypeName);
                writer.WriteEndArray();
                Settings(writer, actor.TypeOptions!);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    });

    private static void Settings(Utf8JsonWriter writer, ActorRuntimeOptions options)
    {
        Time(writer, "actorIdleTimeout", options.ActorIdleTimeout);
        Time(writer, "actorScanInterval", options.ActorScanInterval);
        Time(writer, "drainOngoingCallTimeout", options.DrainOngoingCallTimeout);
        if (options.DrainRebalancedActors)
        {
            writer.WriteBoolean("drainRebalancedActors", true);
        }

        if (options.RemindersStoragePartitions is { } parts)
        {
            writer.WriteNumber("remindersStoragePartitions", parts);
        }

        writer.WriteStartObject("reentrancy");
        writer.WriteBoolean("enabled", options.ReentrancyConfig.Enabled);
        if (options.ReentrancyConfig.MaxStackDepth is { } depth)
        {
            writer.WriteNumber("maxStackDepth", depth);
        }

        writer.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter writer, string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, DaprDuration.Format(time));
        }
    }
}
