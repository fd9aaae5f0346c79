using System.Collections.Concurrent;
using Tandem.Runtime.Metrics;

namespace Tandem.Runtime.Actors.Turns;

/// <summary>An actor type that the app hosts, with its active actors.</summary>
internal sealed class HostedActorType(ActorHost host, ActorTypeSettings settings, ActorTypeMeters? meters)
{
    private readonly ConcurrentDictionary<string, Actor> _actors = new(StringComparer.Ordinal);
    private volatile bool _closed;

    /// <summary>The app's settings.</summary>
    public ActorTypeSettings Settings { get; } = settings;

    /// <summary>What counts its actors; <see langword="null"/> when nothing does.</summary>
    public ActorTypeMeters? Meters { get; } = meters;

    /// <summary>The app that hosts it.</summary>
    public ActorHost Host { get; } = host;

    /// <summary>Whether the app went away: no turn begins any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>How many actors are active.</summary>
    public int Count => _actors.Count;

    /// <summary>The active actors.</summary>
    public IEnumerable<Actor> Actors => _actors.Values;

    /// <summary>An active actor, or <see langword="null"/>.</summary>
    public Actor? Find(string id) => _actors.GetValueOrDefault(id);

    /// <summary>The actor, made active when it is not.</summary>
    /// <param name="added">Whether it was made active.</param>
    public Actor GetOrAdd(string id, long nowTicks, out bool added)
    {
        added = false;
        while (true)
        {
            if (_actors.TryGetValue(id, out var actor))
            {
                return actor;
            }

            actor = new Actor(this, id, nowTicks);
            if (_actors.TryAdd(id, actor))
            {
                added = true;
                return actor;
            }
        }
    }

    /// <summary>Forgets an actor; whoever waits for its turn looks it up again.</summary>
    public void Remove(Actor actor)
    {
        _actors.TryRemove(KeyValuePair.Create(actor.Id, actor));
        actor.Turns.Close();
    }

    /// <summary>Forgets all actors, whatever they do.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var actor in _actors.Values)
        {
            Remove(actor);
        }
    }
}
