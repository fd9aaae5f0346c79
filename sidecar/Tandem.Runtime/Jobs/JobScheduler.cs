using Microsoft.Extensions.Logging;
using Tandem.Components.Jobs;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Jobs;

/// <summary>The jobs building block of one sidecar: keeps what is asked for, and lets <see cref="JobRunner"/> trigger what is due.</summary>
public sealed class JobScheduler : IAsyncDisposable
{
    private readonly IAppJobs _jobs;
    private readonly JobErrors _errors;
    private readonly JobRunner _runner;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes the scheduler; nothing is triggered before <see cref="Start"/>.</summary>
    public JobScheduler(SidecarOptions options, IJobStore store, IAppChannel app, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        _jobs = store.Open(options.Namespace, options.AppId);
        _errors = new JobErrors(options.Namespace, options.AppId);
        _timeProvider = timeProvider;
        _runner = new JobRunner(_jobs, app, options.GracefulShutdown / 2, timeProvider, loggerFactory.CreateLogger<JobRunner>());
    }

    /// <summary>Begins to trigger the app's jobs, also those that other sidecars of the app have kept.</summary>
    public void Start() => _runner.Start();

    /// <summary>Keeps a job; when this returns it is on disk.</summary>
    /// <exception cref="DaprException">The request cannot be used, there is such a job already, or it could not be kept.</exception>
    public async Task ScheduleAsync(string name, JobRequest request, CancellationToken cancellationToken)
    {
        if (Refuse(name, request) is { } refusal)
        {
            throw new DaprException(refusal);
        }

        try
        {
            if (!await _jobs.SaveAsync(JobPlan.Create(name, request, _timeProvider), request.Overwrite, cancellationToken).ConfigureAwait(false))
            {
                throw new DaprException(_errors.Exists(name));
            }
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(_errors.Schedule(exception.Message), exception);
        }

        _runner.Wake();
    }

    /// <summary>Reads a job.</summary>
    /// <exception cref="DaprException">There is none, or it could not be read.</exception>
    public async Task<JobRequest> GetAsync(string name, CancellationToken cancellationToken)
    {
        EnsureNamed(name);
        try
        {
            var job = await _jobs.GetAsync(name, cancellationToken).ConfigureAwait(false);
            return job is null ? throw new DaprException(_errors.NotFound(name)) : JobJson.ReadStored(job.Definition);
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(_errors.Get(exception.Message), exception);
        }
    }

    /// <summary>Reads all of the app's jobs, by their names.</summary>
    /// <exception cref="DaprException">They could not be read.</exception>
    public async Task<IReadOnlyList<(string Name, JobRequest Job)>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await _jobs.ListAsync(cancellationToken).ConfigureAwait(false)).Select(static job => (job.Name, JobJson.ReadStored(job.Definition)))];
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DaprException(_errors.List(exception.Message), exception);
        }
    }

    /// <summary>Deletes the jobs whose names begin so, if there are any.</summary>
    /// <exception cref="DaprException">They could not be deleted.</exception>
    public async Task DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        try
        {
            await _jobs.DeleteByPrefixAsync(prefix, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DaprException(_errors.Delete(exception.Message), exception);
        }
    }

    /// <summary>The error for a request without a job.</summary>
    public DaprException Missing() => new(_errors.Missing());

    /// <summary>Deletes a job, if it is there.</summary>
    /// <exception cref="DaprException">It has no name, or could not be deleted.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        EnsureNamed(name);
        try
        {
            await _jobs.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DaprException(_errors.Delete(exception.Message), exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync().ConfigureAwait(false);
        await _jobs.DisposeAsync().ConfigureAwait(false);
    }

    private void EnsureNamed(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new DaprException(_errors.NameEmpty());
        }
    }

    private DaprError? Refuse(string name, JobRequest request)
        => string.IsNullOrWhiteSpace(name) ? _errors.NameEmpty()
            : !string.IsNullOrEmpty(request.Name) ? _errors.NameInBody()
            : string.IsNullOrWhiteSpace(request.Schedule) && string.IsNullOrWhiteSpace(request.DueTime) ? _errors.Empty()
            : null;
}
