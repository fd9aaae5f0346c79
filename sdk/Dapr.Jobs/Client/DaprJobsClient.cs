using System.Diagnostics.CodeAnalysis;
using Dapr.Common;
using Dapr.Jobs.Models;
using Dapr.Jobs.Models.Responses;

namespace Dapr.Jobs;

/// <summary>Schedules jobs with the app's sidecar, which calls the app when they are due (<c>MapDaprScheduledJobHandler</c>).</summary>
[Experimental(JobsMark.Diagnostic, UrlFormat = JobsMark.Page)]
public abstract class DaprJobsClient : IDaprClient
{
    private bool _disposed;

    /// <summary>Schedules a job.</summary>
    /// <param name="jobName">Its name, unique in the app.</param>
    /// <param name="schedule">When it is due.</param>
    /// <param name="payload">What comes with the call.</param>
    /// <param name="startingFrom">Before this time it is never due.</param>
    /// <param name="repeats">How often it is due at most; as often as the schedule says unless told.</param>
    /// <param name="ttl">After this time it is gone.</param>
    /// <param name="overwrite">Whether it replaces a job of the same name, which is an error otherwise.</param>
    /// <param name="failurePolicyOptions">What happens when the app fails.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="DaprApiException">The sidecar refused the job.</exception>
    public abstract Task ScheduleJobAsync(
        string jobName,
        DaprJobSchedule schedule,
        ReadOnlyMemory<byte>? payload = null,
        DateTimeOffset? startingFrom = null,
        int? repeats = null,
        DateTimeOffset? ttl = null,
        bool overwrite = false,
        IJobFailurePolicyOptions? failurePolicyOptions = null,
        CancellationToken cancellationToken = default);

    /// <summary>What is known of a job; one that is not there is a <see cref="DaprApiException"/>.</summary>
    public abstract Task<DaprJobDetails> GetJobAsync(string jobName, CancellationToken cancellationToken = default);

    /// <summary>Deletes a job.</summary>
    public abstract Task DeleteJobAsync(string jobName, CancellationToken cancellationToken = default);

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Dispose(disposing: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the client holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>The mark that jobs are not yet stable, as the official package has it.</summary>
internal static class JobsMark
{
    public const string Diagnostic = "DAPR_JOBS";
    public const string Page = "https://docs.dapr.io/developing-applications/building-blocks/jobs/jobs-overview/";
}
