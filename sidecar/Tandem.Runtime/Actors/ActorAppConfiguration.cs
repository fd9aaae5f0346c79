using System.Text.Json;
using Tandem.Components.Metadata;
using Tandem.Runtime.Scheduling;

namespace Tandem.Runtime.Actors;

/// <summary>What an app says of its actors at <c>GET /dapr/config</c>.</summary>
/// <param name="Types">The hosted actor types by name, each with its own settings.</param>
/// <param name="Faults">Settings that could not be read; the defaults stand in their place.</param>
public sealed record ActorAppConfiguration(IReadOnlyList<ActorTypeSettings> Types, IReadOnlyList<string> Faults)
{
    /// <summary>An app that hosts no actors.</summary>
    public static ActorAppConfiguration None { get; } = new([], []);

    /// <summary>Reads the app's answer as it came; <see langword="null"/> and nothing mean that it hosts no actors.</summary>
    public static ActorAppConfiguration Parse(byte[]? answer)
    {
        if (answer is not { Length: > 0 })
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(answer);
            return Parse(document.RootElement);
        }
        catch (JsonException exception)
        {
            return new([], [$"it is not JSON: {exception.Message}"]);
        }
    }

    /// <summary>Reads the app's answer; what does not concern actors is ignored.</summary>
    public static ActorAppConfiguration Parse(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("entities", out var entities) || entities.ValueKind != JsonValueKind.Array)
        {
            return None;
        }

        var faults = new List<string>();
        var general = ReadSettings(config, new ActorTypeSettings(""), faults);
        var types = new Dictionary<string, ActorTypeSettings>(StringComparer.Ordinal);
        foreach (var name in ReadNames(entities))
        {
            types[name] = general with { Name = name };
        }

        if (config.TryGetProperty("entitiesConfig", out var entitiesConfig) && entitiesConfig.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in entitiesConfig.EnumerateArray().Where(static e => e.ValueKind == JsonValueKind.Object))
            {
                var settings = ReadSettings(entry, general, faults);
                var names = entry.TryGetProperty("entities", out var named) ? ReadNames(named) : [];
                foreach (var name in names)
                {
                    if (types.ContainsKey(name))
                    {
                        types[name] = settings with { Name = name };
                    }
                    else
                    {
                        faults.Add($"entitiesConfig names '{name}', which is not among the entities");
                    }
                }
            }
        }

        return new([.. types.Values], faults);
    }

    private static IEnumerable<string> ReadNames(JsonElement array)
        => array.ValueKind != JsonValueKind.Array
            ? []
            : array.EnumerateArray().Where(static n => n.ValueKind == JsonValueKind.String).Select(static n => n.GetString()!).Where(static n => n.Length > 0);

    private static ActorTypeSettings ReadSettings(JsonElement config, ActorTypeSettings defaults, List<string> faults)
    {
        var settings = defaults with
        {
            IdleTimeout = ReadDuration(config, "actorIdleTimeout", defaults.IdleTimeout, faults),
            DrainTimeout = ReadDuration(config, "drainOngoingCallTimeout", defaults.DrainTimeout, faults),
            DrainRebalanced = config.TryGetProperty("drainRebalancedActors", out var drain) ? drain.ValueKind == JsonValueKind.True : defaults.DrainRebalanced,
        };
        if (config.TryGetProperty("reentrancy", out var reentrancy) && reentrancy.ValueKind == JsonValueKind.Object)
        {
            settings = settings with
            {
                IsReentrant = reentrancy.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.True,
                MaxStackDepth = reentrancy.TryGetProperty("maxStackDepth", out var depth) && depth.ValueKind == JsonValueKind.Number
                    && depth.TryGetInt32(out var value) && value > 0 ? value : ActorTypeSettings.DefaultMaxStackDepth,
            };
        }

        return settings;
    }

    private static TimeSpan ReadDuration(JsonElement config, string name, TimeSpan defaultValue, List<string> faults)
    {
        if (!config.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString() is ""))
        {
            return defaultValue;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            && (GoDuration.TryParse(text, out var duration) || (IsoDuration.TryParse(text, out var months, out duration) && months == 0))
            && duration > TimeSpan.Zero)
        {
            return duration;
        }

        faults.Add($"{name} is {value.GetRawText()}, which is not a duration such as 30s or 1h");
        return defaultValue;
    }
}

/// <summary>One hosted actor type.</summary>
/// <param name="Name">The actor type.</param>
public sealed record ActorTypeSettings(string Name)
{
    internal const int DefaultMaxStackDepth = 32;

    /// <summary>How long an actor may be unused before it is deactivated.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a running turn is waited for when the actor has to go.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a running turn is waited for when the actor moves to another host.</summary>
    public bool DrainRebalanced { get; init; } = true;

    /// <summary>Whether a chain of calls may come back to an actor that is in its turn.</summary>
    public bool IsReentrant { get; init; }

    /// <summary>How many calls of one chain may be in one turn.</summary>
    public int MaxStackDepth { get; init; } = DefaultMaxStackDepth;
}
