namespace Tandem.Runtime.Resources;

/// <summary>Collects what is wrong with resources, each fault one line that names the file, the resource and the field.</summary>
public sealed class ResourceFaults
{
    private readonly List<string> _lines = [];

    private readonly List<string> _warnings = [];

    /// <summary>What is odd, but no reason not to start.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>All faults so far.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a fault of a resource.</summary>
    public void Add(ResourceId resource, string field, string problem) => _lines.Add($"{resource}: {field} {problem}");

    /// <summary>Adds a fault that concerns no field.</summary>
    public void Add(ResourceId resource, string problem) => _lines.Add($"{resource}: {problem}");

    /// <summary>Adds a fault of a file or folder.</summary>
    public void Add(string line) => _lines.Add(line);

    /// <summary>Adds what is odd about a resource.</summary>
    public void Warn(ResourceId resource, string field, string problem) => _warnings.Add($"{resource}: {field} {problem}");

    /// <summary>Adds all faults of another collection.</summary>
    public void Add(ResourceFaults other)
    {
        _lines.AddRange(other._lines);
        _warnings.AddRange(other._warnings);
    }
}

/// <summary>Where a resource stands and what it is called: <c>components/store.yaml:3: Component 'store'</c>.</summary>
public sealed record ResourceId(string File, long Line, string Kind, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}: {Kind} '{Name}'";
}
