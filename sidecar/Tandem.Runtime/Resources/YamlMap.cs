using System.Globalization;
using Tandem.Components.Metadata;
using YamlDotNet.RepresentationModel;

namespace Tandem.Runtime.Resources;

/// <summary>A mapping of a resource that reports what it cannot read, with the field's full path, and goes on.</summary>
internal sealed class YamlMap(YamlMappingNode node, string path, ResourceId resource, ResourceFaults faults)
{
    public ResourceId Resource { get; } = resource;

    public ResourceFaults Faults { get; } = faults;

    /// <summary>The names that are there.</summary>
    public IEnumerable<string> Names => node.Children.Keys.OfType<YamlScalarNode>().Select(static key => key.Value ?? "");

    public string FullName(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Fault(string name, string problem) => Faults.Add(Resource, FullName(name), problem);

    /// <summary>Says once of each name that is none of these that it has no effect.</summary>
    public YamlMap Expect(params ReadOnlySpan<string> known)
    {
        foreach (var name in Names)
        {
            if (!known.Contains(name))
            {
                Faults.Warn(Resource, FullName(name), "is not known and has no effect");
            }
        }

        return this;
    }

    public string? GetString(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode scalar => IsNull(scalar) ? null : scalar.Value,
        _ => Wrong<string>(name, "must be a text"),
    };

    public string RequireString(string name)
    {
        if (GetString(name) is { Length: > 0 } text)
        {
            return text;
        }

        if (Find(name) is null or YamlScalarNode)
        {
            Fault(name, "is required");
        }

        return "";
    }

    public bool GetBool(string name, bool defaultValue) => GetString(name) switch
    {
        null => defaultValue,
        var text when bool.TryParse(text, out var value) => value,
        var text => Wrong(name, $"must be true or false, not '{text}'", defaultValue),
    };

    public int GetInt(string name, int defaultValue) => GetString(name) switch
    {
        null => defaultValue,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        var text => Wrong(name, $"must be a whole number, not '{text}'", defaultValue),
    };

    public TimeSpan? GetDuration(string name) => GetString(name) switch
    {
        null or "" => null,
        var text when GoDuration.TryParse(text, out var value) => value,
        var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) => TimeSpan.FromSeconds(seconds),
        var text => Wrong<TimeSpan?>(name, $"must be a duration such as 10s or 500ms, not '{text}'"),
    };

    public YamlMap? GetMap(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode scalar when IsNull(scalar) => null,
        YamlMappingNode map => new YamlMap(map, FullName(name), Resource, Faults),
        _ => Wrong<YamlMap>(name, "must be a mapping"),
    };

    public YamlMap RequireMap(string name)
    {
        if (Find(name) is null)
        {
            Fault(name, "is required");
        }

        // What is missing inside a mapping that is missing needs no line of its own.
        return GetMap(name) ?? new YamlMap([], FullName(name), Resource, new ResourceFaults());
    }

    /// <summary>Whether a field is a list.</summary>
    public bool IsList(string name) => Find(name) is YamlSequenceNode;

    /// <summary>The mappings of a list.</summary>
    public IEnumerable<YamlMap> GetMaps(string name)
    {
        var index = 0;
        foreach (var item in Items(name))
        {
            var itemName = $"{name}[{index++}]";
            if (item is YamlMappingNode map)
            {
                yield return new YamlMap(map, FullName(itemName), Resource, Faults);
            }
            else
            {
                Fault(itemName, "must be a mapping");
            }
        }
    }

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> GetStrings(string name)
    {
        var texts = new List<string>();
        foreach (var item in Items(name))
        {
            if (item is YamlScalarNode { Value: { } text })
            {
                texts.Add(text);
            }
            else
            {
                Fault($"{name}[{texts.Count}]", "must be a text");
            }
        }

        return texts;
    }

    /// <summary>A mapping of texts.</summary>
    public IReadOnlyDictionary<string, string> GetTexts(string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (GetMap(name) is { } map)
        {
            foreach (var key in map.Names)
            {
                texts[key] = map.GetString(key) ?? "";
            }
        }

        return texts;
    }

    private IEnumerable<YamlNode> Items(string name) => Find(name) switch
    {
        null => [],
        YamlScalarNode scalar when IsNull(scalar) => [],
        YamlSequenceNode list => list.Children,
        _ => Wrong(name, "must be a list", Array.Empty<YamlNode>()),
    };

    private YamlNode? Find(string name)
    {
        foreach (var (key, value) in node.Children)
        {
            if (key is YamlScalarNode scalar && string.Equals(scalar.Value, name, StringComparison.Ordinal))
            {
                return value;
            }
        }

        return null;
    }

    private T Wrong<T>(string name, string problem, T value = default!)
    {
        Fault(name, problem);
        return value;
    }

    private static bool IsNull(YamlScalarNode scalar)
        => scalar.Style is YamlDotNet.Core.ScalarStyle.Plain && scalar.Value is null or "" or "null" or "~";
}
