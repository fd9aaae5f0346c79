using System.Diagnostics.CodeAnalysis;

namespace Tandem.Runtime.Components;

/// <summary>
/// What a building block keeps for each of its components, by name; it follows the <see cref="ComponentSet"/> that made it. A look-up
/// costs one read of a field more than that of a dictionary: the entries are swapped whole.
/// </summary>
public sealed class ComponentTable<TEntry> : IComponentTable
{
    private readonly Func<LoadedComponent, (bool IsKind, TEntry Entry)> _create;
    private volatile Dictionary<string, Row> _rows = [];

    internal ComponentTable(Func<LoadedComponent, (bool IsKind, TEntry Entry)> create) => _create = create;

    /// <summary>Whether there is no component of this kind.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Finds a component's entry.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out TEntry entry)
    {
        var isThere = _rows.TryGetValue(name, out var row);
        entry = row.Entry;
        return isThere;
    }

    /// <inheritdoc/>
    public Action Prepare(IReadOnlyList<LoadedComponent> components)
    {
        var before = _rows;
        var rows = new Dictionary<string, Row>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            if (before.TryGetValue(component.Name, out var kept) && ReferenceEquals(kept.Component, component))
            {
                rows.Add(component.Name, kept);
            }
            else if (_create(component) is (true, var entry))
            {
                rows.Add(component.Name, new Row(component, entry));
            }
        }

        return () => _rows = rows;
    }

    private readonly record struct Row(LoadedComponent Component, TEntry Entry);
}

/// <summary>A <see cref="ComponentTable{TEntry}"/> as its set sees it.</summary>
internal interface IComponentTable
{
    /// <summary>Makes the entries for these components; what it returns puts them in place and cannot fail.</summary>
    Action Prepare(IReadOnlyList<LoadedComponent> components);
}
