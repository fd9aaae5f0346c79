using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Components.Jobs;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Jobs;

/// <summary>
/// Triggers jobs that are due. Each is claimed first, so that of several sidecars one triggers it, and written forward after the app
/// answered: a crash in between triggers it again, and never loses it. While the app is down its jobs wait.
/// </summary>
internal sealed partial class JobRunner(IAppJobs jobs, IAppChannel app, TimeSpan grace, TimeProvider timeProvider, ILogger<JobRunner> logger) : IAsyncDisposable
{
    private const int MostAtOnce = 64;

    /// <summary>How often is looked for what other sidecars of the app kept or left behind.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ClaimDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    // An app that fails at once is not called in a tight loop, whatever its job says.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly WakeSignal _wake = new(timeProvider);
    private readonly BackgroundWork _deliveries = new(logger);
    private Task _loop = Task.CompletedTask;
    private int _running;

    private enum Outcome
    {
        Taken,
        Refused,
        Failed,
        AppIsDown,
    }

    public void Start()
    {
        if (app.IsConfigured)
        {
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>A job was kept or is done: looks again when the next is due.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends. A call that runs may still end for a while: one that is broken off is made again later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _ending.CancelAfter(grace);
        await _deliveries.WhenIdleAsync().ConfigureAwait(false);
        _wake.Dispose();
        _ending.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await app.WaitUntilHealthyAsync(_stopping.Token).ConfigureAwait(false);
                await RunDueAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever the store's trouble is, jobs go on when it is over.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.StoreFailed(logger, exception);
                await PauseAsync(PauseAfterFault).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Starts what is due, or waits until something may be.</summary>
    private async Task RunDueAsync()
    {
        var room = MostAtOnce - Volatile.Read(ref _running);
        var now = timeProvider.GetUtcNow();
        var next = room > 0 ? await jobs.FindNextAsync(_stopping.Token).ConfigureAwait(false) : null;
        if (next > now || next is null)
        {
            // Timers count whole milliseconds: a little later rather than a little too early.
            var look = now + LookEvery;
            await _wake.WaitAsync(next < look ? next.Value.AddMilliseconds(1) : look, _stopping.Token).ConfigureAwait(false);
            return;
        }

        foreach (var job in await jobs.ClaimAsync(room, ClaimDuration, _stopping.Token).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _running);
            _deliveries.Run(() => TriggerAsync(job));
        }
    }

    private async Task TriggerAsync(StoredJob job)
    {
        try
        {
            var request = JobJson.ReadStored(job.Definition);
            if (job.ExpiresAt < timeProvider.GetUtcNow())
            {
                await CompleteAsync(job, null).ConfigureAwait(false);
                return;
            }

            switch (await DeliverAsync(job, request).ConfigureAwait(false))
            {
                case null:
                    // It was changed or deleted meanwhile.
                    break;
                case Outcome.AppIsDown:
                    await CompleteAsync(job, job).ConfigureAwait(false);
                    break;
                default:
                    await CompleteAsync(job, JobPlan.After(job, request, timeProvider)).ConfigureAwait(false);
                    break;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Wake();
        }
    }

    /// <summary>Calls the app, again when it fails and the job's policy says so; <see langword="null"/> when the job is not ours any more.</summary>
    private async Task<Outcome?> DeliverAsync(StoredJob job, JobRequest request)
    {
        for (var retries = 0u; ; retries++)
        {
            var (outcome, reason) = await CallAsync(job, request).ConfigureAwait(false);
            if (outcome is Outcome.Refused)
            {
                Log.Refused(logger, job.Name, reason);
            }

            if (outcome is not Outcome.Failed)
            {
                return outcome;
            }

            var policy = request.FailurePolicy;
            if (retries >= policy.MaxRetries)
            {
                Log.GivenUp(logger, job.Name, retries + 1, reason);
                return outcome;
            }

            Log.Failed(logger, job.Name, retries + 1, reason);
            var pause = policy.Interval > ShortestPause ? policy.Interval : ShortestPause;
            await HoldAsync(job, Task.Delay(pause, timeProvider, _stopping.Token), _stopping.Token).ConfigureAwait(false);
            if (!await jobs.RenewAsync(job, ClaimDuration, _stopping.Token).ConfigureAwait(false))
            {
                return null;
            }
        }
    }

    private async Task<(Outcome Outcome, string Reason)> CallAsync(StoredJob job, JobRequest request)
    {
        try
        {
            var answering = app.Callbacks.TriggerAsync(job.Name, request, _ending.Token);
            await HoldAsync(job, answering, _ending.Token).ConfigureAwait(false);
            var (outcome, reason) = await answering.ConfigureAwait(false);
            return (outcome switch
            {
                JobOutcome.Taken => Outcome.Taken,
                JobOutcome.Refused => Outcome.Refused,
                _ => Outcome.Failed,
            }, reason);
        }
        catch (Exception exception) when (exception is AppUnreachableException or HttpRequestException or IOException)
        {
            return (app.IsHealthy ? Outcome.Failed : Outcome.AppIsDown, exception.Message);
        }
    }

    /// <summary>Holds the claim until the task has ended, however it ends.</summary>
    private async Task HoldAsync(StoredJob job, Task task, CancellationToken cancellationToken)
    {
        while (!task.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var half = Task.Delay(ClaimDuration / 2, timeProvider, enough.Token);
            if (await Task.WhenAny(task, half).ConfigureAwait(false) == half && !cancellationToken.IsCancellationRequested)
            {
                await jobs.RenewAsync(job, ClaimDuration, cancellationToken).ConfigureAwait(false);
            }

            await enough.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Writes down what became of the job; the claim is ours until that is done.</summary>
    private async Task CompleteAsync(StoredJob job, StoredJob? next)
    {
        while (true)
        {
            try
            {
                await jobs.CompleteAsync(job, next, CancellationToken.None).ConfigureAwait(false);
                return;
            }
#pragma warning disable CA1031 // Whatever the store's trouble is, a job is never lost by it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.NotWritten(logger, job.Name, exception);
            }

            await Task.Delay(PauseAfterFault, timeProvider, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, timeProvider, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2701, LogLevel.Warning, "job '{Job}' failed {Failures} times and is tried again: {Reason}")]
        public static partial void Failed(ILogger logger, string job, uint failures, string reason);

        [LoggerMessage(2702, LogLevel.Error, "job '{Job}' failed {Failures} times and is not tried again this time: {Reason}")]
        public static partial void GivenUp(ILogger logger, string job, uint failures, string reason);

        [LoggerMessage(2703, LogLevel.Error, "job '{Job}' is not tried again this time: {Reason}")]
        public static partial void Refused(ILogger logger, string job, string reason);

        [LoggerMessage(2704, LogLevel.Error, "job '{Job}' was triggered, and this could not be written down yet")]
        public static partial void NotWritten(ILogger logger, string job, Exception exception);

        [LoggerMessage(2705, LogLevel.Error, "the app's jobs could not be read; trying again")]
        public static partial void StoreFailed(ILogger logger, Exception exception);
    }
}
