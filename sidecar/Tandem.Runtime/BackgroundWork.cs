using Microsoft.Extensions.Logging;

namespace Tandem.Runtime;

/// <summary>Work that nobody awaits where it starts: it is counted, its surprises are logged, and the end waits for it.</summary>
internal sealed partial class BackgroundWork(ILogger logger)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _running;

    /// <summary>Starts work on the thread pool.</summary>
    public void Run(Func<Task> work)
    {
        lock (_gate)
        {
            _running++;
        }

        // The task ends by itself and reports to nobody but WhenIdleAsync: RunAsync catches all.
        _ = Task.Run(() => RunAsync(work));
    }

    /// <summary>Completes when no work runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _running == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Its owner stops: what is durable is found again at the next start.
            Log.Stopped(logger);
        }
#pragma warning disable CA1031 // There is nobody above to hear it.
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }
#pragma warning restore CA1031
        finally
        {
            TaskCompletionSource? idle = null;
            lock (_gate)
            {
                if (--_running == 0)
                {
                    idle = _idle;
                    _idle = null;
                }
            }

            idle?.SetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2690, LogLevel.Error, "background work failed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2691, LogLevel.Debug, "background work was stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
