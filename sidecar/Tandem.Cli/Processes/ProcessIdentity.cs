using System.Diagnostics;
using System.Globalization;

namespace Tandem.Cli.Processes;

/// <summary>A process, told from a later one that was given the same id by when it was started.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="Started">The system's own notion of the start, compared as text.</param>
internal sealed record ProcessIdentity(int Pid, string Started)
{
    private const double TicksPerSecond = 100;

    public static ProcessIdentity Current { get; } = Find(Environment.ProcessId) ?? new(Environment.ProcessId, "");

    /// <summary>Whether that very process still runs; one that has ended and was not collected yet does not.</summary>
    public bool IsAlive => Find(Pid) is { } found && found.Started == Started;

    /// <summary>How long this process has been running, from its exec.</summary>
    public static TimeSpan SinceExec()
    {
        if (OperatingSystem.IsLinux()
            && File.ReadAllText("/proc/uptime").Split(' ')[0] is var uptime
            && double.TryParse(uptime, CultureInfo.InvariantCulture, out var now)
            && double.TryParse(Current.Started, CultureInfo.InvariantCulture, out var started))
        {
            return TimeSpan.FromSeconds(Math.Max(0, now - (started / TicksPerSecond)));
        }

        using var process = Process.GetCurrentProcess();
        return DateTime.Now - process.StartTime;
    }

    public static ProcessIdentity? Find(int pid) => OperatingSystem.IsLinux() ? FindInProc(pid) : FindByFramework(pid);

    private static ProcessIdentity? FindInProc(int pid)
    {
        try
        {
            // "pid (name) state ppid …": the name may hold spaces and parentheses, so count from its end; the start is field 22.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new ProcessIdentity(pid, fields[19]);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ProcessIdentity? FindByFramework(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessIdentity(pid, new DateTimeOffset(process.StartTime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
