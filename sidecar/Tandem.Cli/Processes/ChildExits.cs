using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tandem.Cli.Processes;

/// <summary>Collects the exit status of the children that this process spawned; one signal handler for all, no thread waits.</summary>
internal static class ChildExits
{
    private static readonly ConcurrentDictionary<int, TaskCompletionSource<ExitStatus>> Waiting = new();
    private static readonly Lock Collecting = new();
    private static readonly PosixSignalRegistration Registration = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => Collect());

    /// <summary>Starts a child and gives its process id and the task of its end.</summary>
    public static (int Pid, Task<ExitStatus> Exited) Start(SpawnRequest request)
    {
        GC.KeepAlive(Registration);
        var source = new TaskCompletionSource<ExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pid = Spawner.Start(request);
        Waiting[pid] = source;

        // It may have ended before it was known here: its signal found nobody waiting.
        Collect();
        return (pid, source.Task);
    }

    private static void Collect()
    {
        lock (Collecting)
        {
            foreach (var (pid, source) in Waiting)
            {
                var ended = LibC.WaitPid(pid, out var status, LibC.NoHang);
                if (ended == 0)
                {
                    continue;
                }

                Waiting.TryRemove(pid, out _);
                source.TrySetResult(ended == pid ? ExitStatus.FromWait(status) : ExitStatus.Unknown);
            }
        }
    }
}

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 128 plus the signal for one that was killed, as shells have it.</param>
/// <param name="Signal">The signal that killed it, or 0.</param>
internal readonly record struct ExitStatus(int Code, int Signal)
{
    /// <summary>Somebody else took the status.</summary>
    public static ExitStatus Unknown => new(1, 0);

    public static ExitStatus FromWait(int status)
    {
        var signal = status & 0x7f;
        return signal == 0 ? new ExitStatus((status >> 8) & 0xff, 0) : new ExitStatus(128 + signal, signal);
    }

    public override string ToString() => Signal == 0 ? $"exit code {Code}" : $"killed by {SignalName(Signal)} (exit code {Code})";

    private static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => $"signal {signal}",
    };
}
