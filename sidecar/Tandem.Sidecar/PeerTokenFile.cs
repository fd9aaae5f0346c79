using System.Security.Cryptography;

namespace Tandem.Sidecar;

/// <summary>
/// The secret that the sidecars of one user share: whoever cannot read this file cannot speak to another sidecar in an app's name.
/// </summary>
internal static class PeerTokenFile
{
    private const int Bytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A token that no other process knows.</summary>
    public static string CreateToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads the folder's token; the first sidecar makes it.</summary>
    /// <exception cref="IOException">The file cannot be read or made, or others may read it, or it holds no token.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder is somebody else's.</exception>
    public static string ReadOrCreate(string folder)
    {
        var path = Path.Combine(folder, "peer.token");
        if (!File.Exists(path))
        {
            Create(folder, path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw new IOException($"{path} may be used by others than its owner; delete it, and the next sidecar makes a new one");
        }

        var token = File.ReadAllText(path).Trim();
        return token.Length == Bytes * 2 && token.All(char.IsAsciiHexDigit)
            ? token
            : throw new IOException($"{path} does not hold a token; delete it, and the next sidecar makes a new one");
    }

    /// <summary>Written whole under another name first: nobody ever reads half a token, and of two sidecars that start at once one wins.</summary>
    private static void Create(string folder, string path)
    {
        var draft = Path.Combine(folder, $".peer.token.{Guid.NewGuid():N}");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var writer = new StreamWriter(draft, options))
            {
                writer.Write(CreateToken());
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another sidecar was first; its token counts.
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
