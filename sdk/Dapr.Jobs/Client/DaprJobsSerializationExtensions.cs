using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Dapr.Jobs.Models;

namespace Dapr.Jobs.Extensions;

/// <summary>Schedules jobs with payloads that are not bytes.</summary>
[Experimental(JobsMark.Diagnostic, UrlFormat = JobsMark.Page)]
public static class DaprJobsSerializationExtensions
{
    private static readonly JsonSerializerOptions DefaultOptions = new(JsonSerializerDefaults.Web);

    /// <summary>Schedules a job whose payload is a value as JSON; see <see cref="DaprJobsClient.ScheduleJobAsync"/>.</summary>
    public static Task ScheduleJobWithPayloadAsync(
        this DaprJobsClient client,
        string jobName,
        DaprJobSchedule schedule,
        object payload,
        DateTime? startingFrom = null,
        int? repeats = null,
        JsonSerializerOptions? jsonSerializerOptions = null,
        DateTimeOffset? ttl = null,
        bool overwrite = false,
        IJobFailurePolicyOptions? failurePolicyOptions = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(payload);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(payload, jsonSerializerOptions ?? DefaultOptions);
        return client.ScheduleJobAsync(jobName, schedule, bytes, startingFrom, repeats, ttl, overwrite, failurePolicyOptions, cancellationToken);
    }

    /// <summary>Schedules a job whose payload is text in UTF-8; see <see cref="DaprJobsClient.ScheduleJobAsync"/>.</summary>
    public static Task ScheduleJobWithPayloadAsync(
        this DaprJobsClient client,
        string jobName,
        DaprJobSchedule schedule,
        string payload,
        DateTime? startingFrom = null,
        int? repeats = null,
        DateTimeOffset? ttl = null,
        bool overwrite = false,
        IJobFailurePolicyOptions? failurePolicyOptions = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(payload);
        return client.ScheduleJobAsync(jobName, schedule, Encoding.UTF8.GetBytes(payload), startingFrom, repeats, ttl, overwrite, failurePolicyOptions, cancellationToken);
    }
}
