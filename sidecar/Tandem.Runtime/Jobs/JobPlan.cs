using Tandem.Components.Jobs;
using Tandem.Components.Scheduling;
using Tandem.Runtime.Scheduling;

namespace Tandem.Runtime.Jobs;

/// <summary>When a job is triggered.</summary>
internal static class JobPlan
{
    /// <summary>A new job.</summary>
    /// <exception cref="FormatException">A field cannot be used; the message names it.</exception>
    public static StoredJob Create(string name, JobRequest request, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var hasDueTime = !string.IsNullOrWhiteSpace(request.DueTime);
        var due = now;
        if (hasDueTime && !Moment.TryParse(request.DueTime, now, out due))
        {
            throw new FormatException($"dueTime '{request.DueTime}' is neither a duration such as 10s or PT10S nor a time such as 2026-01-31T12:00:00Z");
        }

        if (ParseSchedule(request) is { } schedule)
        {
            due = hasDueTime ? due : schedule.Next(now, clock.LocalTimeZone) ?? throw new FormatException($"schedule '{request.Schedule}' matches no time in the next years");
        }
        else if (request.Repeats > 1)
        {
            throw new FormatException("repeats is more than 1, and there is no schedule");
        }

        if (request.Repeats == 0)
        {
            throw new FormatException("repeats must be at least 1");
        }

        return new StoredJob(name, JobJson.Write(request), due, ParseEnd(request, hasDueTime ? due : now, due), 0);
    }

    /// <summary>
    /// The job after it was triggered; <see langword="null"/> when that was the last time. Times that passed while nobody could trigger it
    /// are one time, which has just been made up for.
    /// </summary>
    public static StoredJob? After(StoredJob job, JobRequest request, TimeProvider clock)
    {
        var triggered = job.Triggered + 1;
        if (ParseSchedule(request) is not { } schedule || triggered >= request.Repeats)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var from = now <= job.Due ? job.Due
            : schedule.Every is { } every ? job.Due.AddTicks((now - job.Due).Ticks / every.Ticks * every.Ticks)
            : now;
        var next = schedule.Next(from, clock.LocalTimeZone);
        return next is { } due && !(due > job.ExpiresAt) ? job with { Due = due, Triggered = triggered } : null;
    }

    private static CronSchedule? ParseSchedule(JobRequest request)
    {
        try
        {
            return string.IsNullOrWhiteSpace(request.Schedule) ? null : CronSchedule.Parse(request.Schedule);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"schedule '{request.Schedule}' cannot be used: {exception.Message}", exception);
        }
    }

    private static DateTimeOffset? ParseEnd(JobRequest request, DateTimeOffset from, DateTimeOffset due)
    {
        if (string.IsNullOrWhiteSpace(request.Ttl))
        {
            return null;
        }

        if (!Moment.TryParse(request.Ttl, from, out var end))
        {
            throw new FormatException($"ttl '{request.Ttl}' is neither a duration such as 10s or PT10S nor a time such as 2026-01-31T12:00:00Z");
        }

        return end < due ? throw new FormatException($"ttl '{request.Ttl}' ends before the job would be triggered first") : end;
    }
}
