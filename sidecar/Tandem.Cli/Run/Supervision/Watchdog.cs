using System.IO.Pipes;
using System.Text;
using Tandem.Cli.Processes;

namespace Tandem.Cli.Run.Supervision;

/// <summary>
/// A small shell that outlives this process by a moment. It sleeps on a pipe whose other end only this process holds; when that
/// closes, by a stop or by a kill -9 of this process, it ends all that is left of the run.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private static readonly TimeSpan SweepTime = TimeSpan.FromSeconds(5);

    private readonly AnonymousPipeServerStream _pipe;
    private readonly Task<ExitStatus> _exited;
    private readonly Lock _writing = new();

    private Watchdog(AnonymousPipeServerStream pipe, int pid, Task<ExitStatus> exited)
    {
        _pipe = pipe;
        Pid = pid;
        _exited = exited;
    }

    /// <summary>The shell's process id.</summary>
    public int Pid { get; }

    public static Watchdog Start(string runId)
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        var (pid, exited) = ChildExits.Start(new SpawnRequest
        {
            Executable = "/bin/sh",
            Arguments = ["sh", "-c", ReadScript(), "tandem-watchdog", runId],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin" },
            Directory = "/",
            Input = (int)pipe.ClientSafePipeHandle.DangerousGetHandle(),
        });
        pipe.DisposeLocalCopyOfClientHandle();
        return new Watchdog(pipe, pid, exited);
    }

    /// <summary>An app was started: its group ends with this process.</summary>
    public void Add(int group) => Tell($"add {group}\n");

    /// <summary>An app's group has ended; the number may be somebody else's soon.</summary>
    public void Remove(int group) => Tell($"remove {group}\n");

    /// <summary>Ends all that is left of the run, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_writing)
        {
            _pipe.Dispose();
        }

        await Task.WhenAny(_exited, Task.Delay(SweepTime));
    }

    private void Tell(string line)
    {
        lock (_writing)
        {
            try
            {
                _pipe.Write(Encoding.ASCII.GetBytes(line));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Somebody killed the watchdog: the run goes on, and its own stop still ends every app.
            }
        }
    }

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(Watchdog).Assembly.GetManifestResourceStream("watchdog.sh")!);
        return reader.ReadToEnd();
    }
}
