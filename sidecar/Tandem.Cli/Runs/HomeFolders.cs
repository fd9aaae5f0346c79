using Tandem.Cli.Terminal;
using Tandem.Sidecar;

namespace Tandem.Cli.Runs;

/// <summary>Folders below <see cref="TandemHome"/>.</summary>
internal static class HomeFolders
{
    /// <summary>A folder that only its owner can read, made when it is missing.</summary>
    /// <exception cref="CommandFailedException">It cannot be made.</exception>
    public static string Create(string name)
    {
        var folder = System.IO.Path.Combine(TandemHome.Path, name);
        try
        {
            TandemHome.Create();
            OwnFolder.Create(folder);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"TANDEM_HOME: {folder} cannot be made: {e.Message}");
        }
    }
}
