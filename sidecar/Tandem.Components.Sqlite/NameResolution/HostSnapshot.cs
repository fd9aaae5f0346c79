using System.Collections.Frozen;

namespace Tandem.Components.Sqlite.NameResolution;

/// <summary>A host as the database has it.</summary>
internal sealed record HostRow(
    string RegistrationId, string Address, string AppId, string AppNamespace, long LastUpdate, string? Owner, string? ActorTypes);

/// <summary>The hosts that are alive, as they were at a moment; never changed, only replaced.</summary>
internal sealed class HostSnapshot
{
    private static readonly IReadOnlyList<string> Nobody = [];

    private readonly FrozenDictionary<(string Namespace, string AppId), string[]> _byApp;
    private readonly FrozenDictionary<(string Namespace, string ActorType), string[]> _byActorType;

    public HostSnapshot(IReadOnlyList<HostRow> rows, long takenAt)
    {
        TakenAt = takenAt;
        _byApp = rows
            .GroupBy(static row => (row.AppNamespace, row.AppId))
            .ToFrozenDictionary(static app => app.Key, static app => app.Select(static row => row.Address).ToArray());
        _byActorType = rows
            .SelectMany(static row => (row.ActorTypes ?? "")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(type => (Key: (row.AppNamespace, type), row.Address)))
            .GroupBy(static host => host.Key)
            .ToFrozenDictionary(static type => type.Key, static type => type.Select(static host => host.Address).ToArray());
    }

    /// <summary>When, as a timestamp of the clock.</summary>
    public long TakenAt { get; }

    public IReadOnlyList<string> OfApp(string appNamespace, string appId) => _byApp.TryGetValue((appNamespace, appId), out var hosts) ? hosts : Nobody;

    /// <summary>In the order of their addresses.</summary>
    public IReadOnlyList<string> OfActorType(string appNamespace, string actorType)
        => _byActorType.TryGetValue((appNamespace, actorType), out var hosts) ? hosts : Nobody;
}
