using System.Collections.Frozen;

namespace Tandem.Runtime.Components;

/// <summary>
/// One sidecar's components, by name. The set lives as long as the sidecar and what is in it is swapped whole, so that whoever reads it
/// sees one state or the next. Building blocks keep what they need of their components in a table of their own: see
/// <see cref="TableOf"/>.
/// </summary>
public sealed class ComponentSet(IReadOnlyList<LoadedComponent> components) : IAsyncDisposable
{
    private readonly Lock _replacing = new();
    private readonly List<IComponentTable> _tables = [];
    private volatile Snapshot _snapshot = new(components);

    /// <summary>All components, ordered by name.</summary>
    public IReadOnlyList<LoadedComponent> All => _snapshot.Ordered;

    /// <summary>The components of one building block, as they are now.</summary>
    public IEnumerable<(LoadedComponent Component, T Instance)> OfKind<T>()
        where T : class
    {
        foreach (var component in All)
        {
            if (component.Instance is T instance)
            {
                yield return (component, instance);
            }
        }
    }

    /// <summary>A component by name.</summary>
    public LoadedComponent? Find(string name) => _snapshot.ByName.GetValueOrDefault(name);

    /// <summary>A component by name, if it is of that kind.</summary>
    public T? Find<T>(string name)
        where T : class => Find(name)?.Instance as T;

    /// <summary>The state store that says <c>actorStateStore: true</c>.</summary>
    public LoadedComponent? ActorStateStore => All.FirstOrDefault(static component => component.IsActorStateStore);

    /// <summary>
    /// What a building block keeps for each component of its kind (the instance, its policies, its parsed settings): made when the
    /// component comes, kept as long as it stays, gone with it.
    /// </summary>
    public ComponentTable<TEntry> TableOf<T, TEntry>(Func<LoadedComponent, T, TEntry> create)
        where T : class
    {
        lock (_replacing)
        {
            var table = new ComponentTable<TEntry>(component => component.Instance is T instance ? (true, create(component, instance)) : default);
            table.Prepare(All)();
            _tables.Add(table);
            return table;
        }
    }

    /// <summary>Puts other components in place of those that are there; the tables follow before this returns.</summary>
    /// <returns>What is no longer there; it is still open, as running calls may use it.</returns>
    public IReadOnlyList<LoadedComponent> Replace(IReadOnlyList<LoadedComponent> components)
    {
        lock (_replacing)
        {
            var before = _snapshot;
            var next = new Snapshot(components);

            // All that can fail comes first: a component that a building block cannot take leaves everything as it was.
            var commits = _tables.ConvertAll(table => table.Prepare(next.Ordered));
            commits.ForEach(static commit => commit());
            _snapshot = next;
            return [.. before.Ordered.Except(next.Ordered)];
        }
    }

    /// <summary>Closes all components that no other sidecar uses.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var component in All)
        {
            await component.CloseAsync().ConfigureAwait(false);
        }
    }

    private sealed class Snapshot(IReadOnlyList<LoadedComponent> components)
    {
        public IReadOnlyList<LoadedComponent> Ordered { get; } = [.. components.OrderBy(static component => component.Name, StringComparer.Ordinal)];

        public FrozenDictionary<string, LoadedComponent> ByName { get; } = components.ToFrozenDictionary(static component => component.Name, StringComparer.Ordinal);
    }
}
