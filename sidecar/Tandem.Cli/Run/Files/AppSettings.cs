namespace Tandem.Cli.Run.Files;

/// <summary>What the run file (or the command line) says about one app, or about all: values by key, each with the place it stands at.</summary>
/// <param name="name">The section: <c>common</c>, <c>apps[0]</c>, or empty for the command line.</param>
/// <param name="where">The place of the section itself: <c>dapr.yaml:3</c>.</param>
internal sealed class AppSettings(string name, string where)
{
    private readonly Dictionary<string, Setting> _settings = new(StringComparer.Ordinal);

    /// <summary>The section's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a key is given.</summary>
    public bool Has(string key) => _settings.ContainsKey(key);

    /// <summary>The value of a key, or the default of its type.</summary>
    public T? Get<T>(string key) => _settings.TryGetValue(key, out var setting) ? (T)setting.Value : default;

    /// <summary>The value of a key, or another.</summary>
    public T Get<T>(string key, T otherwise)
        where T : notnull => _settings.TryGetValue(key, out var setting) ? (T)setting.Value : otherwise;

    /// <summary>Where a key stands, for a fault: <c>dapr.yaml:12: apps[1].appPort</c>; its section when it is not given.</summary>
    public string Where(string key) => _settings.TryGetValue(key, out var setting) ? setting.Where : $"{where}: {Name}.{key}";

    public void Set(string key, object value, string position) => _settings[key] = new Setting(value, position);

    /// <summary>These settings, completed by those that all apps share. The environments are joined; the app's own values win.</summary>
    public AppSettings Over(AppSettings common)
    {
        var merged = new AppSettings(Name, where);
        foreach (var (key, setting) in common._settings.Concat(_settings))
        {
            merged._settings[key] = key == RunKeys.Env && merged._settings.TryGetValue(key, out var shared)
                ? setting with { Value = Join((Dictionary<string, string>)shared.Value, (Dictionary<string, string>)setting.Value) }
                : setting;
        }

        return merged;
    }

    private static Dictionary<string, string> Join(Dictionary<string, string> first, Dictionary<string, string> second)
    {
        var joined = new Dictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (name, value) in second)
        {
            joined[name] = value;
        }

        return joined;
    }

    private readonly record struct Setting(object Value, string Where);
}
