using System.Globalization;

namespace Tandem.Components.Metadata;

/// <summary>
/// A component's metadata, secrets already resolved. Names are case-insensitive, as in Dapr. A value that cannot be read as what it
/// should be is answered with a <see cref="ComponentMetadataException"/> that names the field.
/// </summary>
public sealed class ComponentMetadata(IReadOnlyDictionary<string, string> values)
{
    private readonly Dictionary<string, string> _values = new(values, StringComparer.OrdinalIgnoreCase);

    /// <summary>All fields.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The text of a field, <see langword="null"/> when absent or empty.</summary>
    public string? GetString(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The text of a field that must be there.</summary>
    public string GetRequiredString(string name) => GetString(name) ?? throw new ComponentMetadataException(name, "is required");

    /// <summary>A truth value: true/false, yes/no, on/off, 1/0, y/n, t/f in any case.</summary>
    public bool GetBool(string name, bool defaultValue) => GetString(name)?.Trim().ToUpperInvariant() switch
    {
        null => defaultValue,
        "TRUE" or "YES" or "ON" or "1" or "Y" or "T" => true,
        "FALSE" or "NO" or "OFF" or "0" or "N" or "F" => false,
        var other => throw new ComponentMetadataException(name, $"must be true or false, not '{other}'"),
    };

    /// <summary>A whole number.</summary>
    public int GetInt(string name, int defaultValue) => GetString(name) switch
    {
        null => defaultValue,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new ComponentMetadataException(name, $"must be a whole number, not '{text}'"),
    };

    /// <summary>A duration: Go's format, or a bare number of seconds.</summary>
    public TimeSpan GetDuration(string name, TimeSpan defaultValue) => GetString(name) switch
    {
        null => defaultValue,
        var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) => TimeSpan.FromSeconds(seconds),
        var text when GoDuration.TryParse(text, out var duration) => duration,
        var text => throw new ComponentMetadataException(name, $"must be a duration such as 10s or 500ms, not '{text}'"),
    };
}

/// <summary>A metadata field is missing or cannot be used; the message names it and never shows a secret.</summary>
public sealed class ComponentMetadataException(string field, string problem, Exception? innerException = null)
    : Exception($"metadata field '{field}' {problem}", innerException)
{
    /// <summary>The field's name.</summary>
    public string Field { get; } = field;
}
