using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;

namespace Tandem.Runtime.Actors.Streaming;

/// <summary>Reads what an app says of its actors when it opens a stream for them.</summary>
public static class ActorStreamConfiguration
{
    /// <summary>The hosted actor types with their settings.</summary>
    public static ActorAppConfiguration Read(SubscribeActorEventsRequestInitialAlpha1 initial)
    {
        var faults = new List<string>();
        var general = Apply(
            new ActorTypeSettings(""),
            initial.ActorIdleTimeout,
            initial.DrainOngoingCallTimeout,
            initial.HasDrainRebalancedActors ? initial.DrainRebalancedActors : null,
            initial.Reentrancy);
        var types = initial.Entities.Where(static name => name.Length > 0).Distinct(StringComparer.Ordinal).ToDictionary(static name => name, name => general with { Name = name });
        foreach (var config in initial.EntitiesConfig)
        {
            var settings = Apply(
                general, config.ActorIdleTimeout, config.DrainOngoingCallTimeout, config.HasDrainRebalancedActors ? config.DrainRebalancedActors : null, config.Reentrancy);
            foreach (var name in config.Entities)
            {
                if (types.ContainsKey(name))
                {
                    types[name] = settings with { Name = name };
                }
                else
                {
                    faults.Add($"entities_config names '{name}', which is not among the entities");
                }
            }
        }

        return new ActorAppConfiguration([.. types.Values], faults);
    }

    private static ActorTypeSettings Apply(ActorTypeSettings defaults, Duration? idleTimeout, Duration? drainTimeout, bool? drainRebalanced, ActorReentrancyConfig? reentrancy) => defaults with
    {
        IdleTimeout = idleTimeout?.ToTimeSpan() is { } idle && idle > TimeSpan.Zero ? idle : defaults.IdleTimeout,
        DrainTimeout = drainTimeout?.ToTimeSpan() is { } drain && drain > TimeSpan.Zero ? drain : defaults.DrainTimeout,
        DrainRebalanced = drainRebalanced ?? defaults.DrainRebalanced,
        IsReentrant = reentrancy?.Enabled ?? defaults.IsReentrant,
        MaxStackDepth = reentrancy is { HasMaxStackDepth: true, MaxStackDepth: > 0 } ? reentrancy.MaxStackDepth : defaults.MaxStackDepth,
    };
}
