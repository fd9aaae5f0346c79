using System.Globalization;

namespace Tandem.Sidecar;

/// <summary>Where Tandem keeps what it must remember of this machine: <c>TANDEM_HOME</c>, else <c>~/.tandem</c>.</summary>
public static class TandemHome
{
    /// <summary>The folder's full path.</summary>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("TANDEM_HOME") is { Length: > 0 } named)
            {
                return System.IO.Path.GetFullPath(named);
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length > 0
                ? System.IO.Path.Combine(home, ".tandem")
                : System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"tandem-{Environment.UserName}"));
        }
    }

    /// <summary>Makes the folder, for its user alone, when it is not there; one that is there keeps its mode.</summary>
    /// <returns>The folder's full path.</returns>
    public static string Create()
    {
        var folder = Path;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }
}
