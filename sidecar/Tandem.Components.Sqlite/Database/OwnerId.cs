using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Tandem.Components.Sqlite.Database;

/// <summary>
/// Who owns something in a shared database: a component in a process. It tells whether the process still runs, so that a restart after a
/// crash need not wait for the lease of the dead to run out. Processes that cannot see each other (other containers) rely on leases.
/// </summary>
internal static class OwnerId
{
    private static readonly string Here = $"{Environment.MachineName}/{ProcessNamespace()}";

    public static string Create()
    {
        using var self = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{Here}|{self.Id}|{StartSeconds(self)}|{Guid.CreateVersion7():N}");
    }

    /// <summary>Whether the owner is a process of this machine that has ended. When in doubt, it has not.</summary>
    public static bool IsDead(string owner)
    {
        if (owner.Split('|') is not [var place, var idText, var startText, _] || place != Here
            || !int.TryParse(idText, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(startText, NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);

            // The same number again is another process unless it started at the same time; the clock's rounding is forgiven.
            return process.HasExited || Math.Abs(StartSeconds(process) - start) > 2;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static long StartSeconds(Process process) => new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();

    private static string ProcessNamespace()
        => OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";
}
