using System.Globalization;
using Tandem.Cli.Sidecar;

namespace Tandem.Cli.Run.Files;

/// <summary>Reads one value from its text, whether it stood in the file or behind a flag.</summary>
internal static class RunValue
{
    /// <summary>The value, or what is wrong with it.</summary>
    public static (object? Value, string? Problem) Read(RunKey key, string text, string baseDirectory) => key.Kind switch
    {
        RunValueKind.Text => (text, null),
        RunValueKind.Path => text.Length > 0 ? (FullPath(text, baseDirectory), null) : (null, "must not be empty"),
        RunValueKind.PathList => (Split(text).Select(path => FullPath(path, baseDirectory)).ToArray(), null),
        RunValueKind.TextList => (Split(text), null),
        RunValueKind.Port => ReadPort(text),
        RunValueKind.Number => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (null, $"must be a whole number, not '{text}'"),
        RunValueKind.Size => ReadSize(text),
        RunValueKind.Switch => bool.TryParse(text, out var value) ? (value, null) : (null, $"must be true or false, not '{text}'"),
        RunValueKind.Choice => key.Choices.Contains(text, StringComparer.Ordinal)
            ? (text, null)
            : (null, $"must be one of {string.Join(", ", key.Choices)}, not '{text}'"),
        RunValueKind.Command => (null, "must be a list, such as [\"node\", \"app.js\"]"),
        RunValueKind.Environment => (null, "must be a mapping of names to values"),
        _ => throw new InvalidOperationException($"{key.Kind} is not a kind of value."),
    };

    private static (object? Value, string? Problem) ReadPort(string text)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port) && port is >= -1 and <= 65535
            ? (port, null)
            : (null, $"must be a port from 1 to 65535, not '{text}'");

    private static (object? Value, string? Problem) ReadSize(string text)
        => ByteSize.TryParse(text, out var size) ? (size, null) : (null, $"must be a size such as 4Mi or 512Ki, not '{text}'");

    private static string FullPath(string path, string baseDirectory) => Path.GetFullPath(path, baseDirectory);

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
