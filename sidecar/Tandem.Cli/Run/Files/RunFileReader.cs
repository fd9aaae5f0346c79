using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Cli.Run.Files;

/// <summary>Reads a run file. All that is wrong with it is said at once, each fault with its line and key.</summary>
internal sealed class RunFileReader
{
    private readonly string _path;
    private readonly string _shownAs;
    private readonly List<string> _faults = [];

    private RunFileReader(string path, string shownAs)
    {
        _path = path;
        _shownAs = shownAs;
    }

    private string Directory => Path.GetDirectoryName(_path)!;

    /// <exception cref="RunFaultException">The file is not there, is not YAML, or says what it must not.</exception>
    public static RunFile Read(string path)
    {
        var shownAs = RunFile.Locate(path);
        var fullPath = Path.GetFullPath(shownAs);
        if (!File.Exists(fullPath))
        {
            throw new RunFaultException($"{shownAs}: the run file does not exist");
        }

        try
        {
            using var text = File.OpenText(fullPath);
            return new RunFileReader(fullPath, shownAs).Read(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFaultException($"{shownAs}: the run file cannot be read: {e.Message}");
        }
    }

    private RunFile Read(TextReader text)
    {
        var root = Load(text);
        var common = new AppSettings("common", _shownAs);
        var apps = new List<AppSettings>();
        string? name = null;
        foreach (var (key, value) in Pairs(root, ""))
        {
            switch (key.Value)
            {
                case "version":
                    Expect(value is YamlScalarNode { Value: "1" }, value, "version", "must be 1");
                    break;
                case "name":
                    name = (value as YamlScalarNode)?.Value;
                    Expect(name is not null, value, "name", "must be a text");
                    break;
                case "common" when !IsNothing(value):
                    common = ReadSettings(value, "common");
                    break;
                case "common":
                    break;
                case "apps":
                    apps.AddRange(ReadApps(value));
                    break;
                default:
                    Fault(key, key.Value!, "is not a key of a run file; known are version, name, common, apps");
                    break;
            }
        }

        if (_faults.Count == 0 && apps.Count == 0)
        {
            Fault(root, "apps", "must list at least one app");
        }

        return _faults.Count == 0 ? new RunFile(_path, _shownAs, name, common, apps) : throw new RunFaultException(_faults);
    }

    private YamlMappingNode Load(TextReader text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(text);
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
                ? root
                : throw new RunFaultException($"{_shownAs}: the run file must hold one document, a mapping with version and apps");
        }
        catch (YamlException e)
        {
            var cause = e.InnerException?.Message ?? e.Message;
            throw new RunFaultException($"{_shownAs}:{e.Start.Line}: the run file is not valid YAML: {cause}");
        }
    }

    private List<AppSettings> ReadApps(YamlNode node)
    {
        if (node is not YamlSequenceNode apps)
        {
            Fault(node, "apps", "must be a list of apps");
            return [];
        }

        return apps.Select((app, index) => ReadSettings(app, $"apps[{index}]")).ToList();
    }

    private AppSettings ReadSettings(YamlNode node, string section)
    {
        var settings = new AppSettings(section, $"{_shownAs}:{node.Start.Line}");
        foreach (var (name, value) in Pairs(node, section))
        {
            if (!RunKeys.ByName.TryGetValue(name.Value!, out var key))
            {
                var hint = RunKeys.Nearest(name.Value!) is { } nearest ? $"; did you mean {nearest}?" : "";
                Fault(name, $"{section}.{name.Value}", $"is not a key of an app{hint}");
            }
            else if (!IsNothing(value) && ReadValue(key, value, $"{section}.{key.Name}") is { } read)
            {
                settings.Set(key.Name, read, Position(name, $"{section}.{key.Name}"));
            }
        }

        return settings;
    }

    private object? ReadValue(RunKey key, YamlNode node, string path) => (key.Kind, node) switch
    {
        (RunValueKind.Environment, YamlMappingNode) => ReadEnvironment(node, path),
        (RunValueKind.Command, YamlSequenceNode list) => ReadList(list, path) is { Length: > 0 } command
            ? command
            : Fault(node, path, "must not be empty"),
        (RunValueKind.TextList, YamlSequenceNode list) => ReadList(list, path),
        (RunValueKind.PathList, YamlSequenceNode list) => ReadList(list, path).Select(item => Path.GetFullPath(item, Directory)).ToArray(),
        (_, YamlScalarNode { Value: { } text }) => RunValue.Read(key, text, Directory) is { Value: { } value } read
            ? value
            : Fault(node, path, RunValue.Read(key, text, Directory).Problem!),
        (RunValueKind.Environment, _) => Fault(node, path, "must be a mapping of names to values"),
        (RunValueKind.Command, _) => Fault(node, path, "must be a list, such as [\"node\", \"app.js\"]"),
        _ => Fault(node, path, "must be a single value"),
    };

    private Dictionary<string, string> ReadEnvironment(YamlNode node, string path)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Pairs(node, path))
        {
            if (value is not YamlScalarNode scalar)
            {
                Fault(value, $"{path}.{name.Value}", "must be a single value");
            }
            else if (name.Value!.Length == 0 || name.Value.Contains('=') || name.Value.Contains('\0'))
            {
                Fault(name, $"{path}.{name.Value}", "is not a name that a variable can have");
            }
            else
            {
                environment[name.Value] = IsNothing(scalar) ? "" : scalar.Value!;
            }
        }

        return environment;
    }

    private string[] ReadList(YamlSequenceNode list, string path)
    {
        var items = new List<string>();
        foreach (var (index, item) in list.Index())
        {
            if (item is YamlScalarNode { Value: { } text })
            {
                items.Add(text);
            }
            else
            {
                Fault(item, $"{path}[{index}]", "must be a single value");
            }
        }

        return [.. items];
    }

    private List<(YamlScalarNode Key, YamlNode Value)> Pairs(YamlNode node, string path)
    {
        var pairs = new List<(YamlScalarNode, YamlNode)>();
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, path, "must be a mapping of keys to values");
            return pairs;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: not null } scalar)
            {
                pairs.Add((scalar, value));
            }
            else
            {
                Fault(key, path, "must have plain texts as keys");
            }
        }

        return pairs;
    }

    // `key:` with nothing behind it counts as not given.
    private static bool IsNothing(YamlNode node)
        => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private void Expect(bool condition, YamlNode node, string path, string problem)
    {
        if (!condition)
        {
            Fault(node, path, problem);
        }
    }

    private object? Fault(YamlNode node, string path, string problem)
    {
        _faults.Add($"{Position(node, path)}: {problem}");
        return null;
    }

    private string Position(YamlNode node, string path) => $"{_shownAs}:{node.Start.Line}: {path}";
}
