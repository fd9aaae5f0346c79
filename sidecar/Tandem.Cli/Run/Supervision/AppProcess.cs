using System.IO.Pipes;
using Tandem.Cli.Processes;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Run.Planning;

namespace Tandem.Cli.Run.Supervision;

/// <summary>One life of an app: a process, what it starts itself (its process group), and the pipe that takes their output.</summary>
internal sealed class AppProcess
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GroupPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Task<ExitStatus> _exited;
    private readonly Task _output;
    private readonly AnonymousPipeServerStream _pipe;

    private AppProcess(int pid, Task<ExitStatus> exited, AnonymousPipeServerStream pipe, AppLog log)
    {
        Pid = pid;
        _exited = exited;
        _pipe = pipe;
        _output = log.CopyAsync(pipe);
    }

    /// <summary>The process id, which is the id of its group too.</summary>
    public int Pid { get; }

    /// <summary>Completes when the process itself has ended; what it started may live on.</summary>
    public Task<ExitStatus> Exited => _exited;

    /// <exception cref="SpawnException">The system does not start it.</exception>
    public static AppProcess Start(AppCommand command, AppLog log)
    {
        // One pipe for both outputs keeps their lines in order.
        var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        try
        {
            var (pid, exited) = ChildExits.Start(new SpawnRequest
            {
                Executable = command.Executable,
                Arguments = command.Arguments,
                Environment = command.Environment,
                Directory = command.Directory,
                Output = (int)pipe.ClientSafePipeHandle.DangerousGetHandle(),
            });
            pipe.DisposeLocalCopyOfClientHandle();
            return new AppProcess(pid, exited, pipe, log);
        }
        catch (SpawnException)
        {
            pipe.Dispose();
            throw;
        }
    }

    /// <summary>Asks the whole group to end, and waits until it has, the time is over or <paramref name="now"/> says so.</summary>
    public async Task StopAsync(TimeSpan gracefulTime, CancellationToken now)
    {
        Signal(LibC.SigTerm);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(now);
        deadline.CancelAfter(gracefulTime);
        try
        {
            await _exited.WaitAsync(deadline.Token);
            while (IsGroupAlive())
            {
                await Task.Delay(GroupPollInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over; what follows is for those that did not listen.
        }
    }

    /// <summary>Ends what is left of the group, and takes in the last lines.</summary>
    public async Task<ExitStatus> EndAsync()
    {
        Signal(LibC.SigKill);
        var status = await _exited;

        // A process that left the group may hold the pipe open; its lines are not waited for.
        if (await Task.WhenAny(_output, Task.Delay(DrainTime)) == _output)
        {
            await _output;
        }

        await _pipe.DisposeAsync();
        return status;
    }

    private void Signal(int signal) => _ = LibC.Kill(-Pid, signal);

    private bool IsGroupAlive() => LibC.Kill(-Pid, 0) == 0;
}
