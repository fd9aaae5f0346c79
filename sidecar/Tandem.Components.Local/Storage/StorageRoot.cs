using Tandem.Components.Bindings;

namespace Tandem.Components.Local.Storage;

/// <summary>The folder that a storage binding may touch. No name leads out of it, neither by dots nor by symbolic links.</summary>
internal sealed class StorageRoot(string path)
{
    private const string TemporarySuffix = ".tandem-part";

    /// <summary>Makes the folder.</summary>
    public void Create() => Directory.CreateDirectory(path);

    /// <summary>The full path of a name inside the folder.</summary>
    /// <exception cref="BindingException">The name leads out of the folder.</exception>
    public string Resolve(string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw Outside(name);
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name.TrimStart('/'), path));
        if (full != path && !full.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Outside(name);
        }

        for (var part = full; part.Length > path.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                throw Outside(name);
            }
        }

        return full;
    }

    /// <summary>Writes a file whole or not at all, through to the disk.</summary>
    public static async Task WriteAsync(string file, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var part = $"{file}.{Guid.CreateVersion7():N}{TemporarySuffix}";
        try
        {
            await using (var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                await stream.WriteAsync(data, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, file, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>The files in a folder and below, by full path, in order.</summary>
    public static IReadOnlyList<string> List(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static BindingException Outside(string name) => new($"'{name}' lies outside the binding's rootPath");
}
