using Tandem.Runtime.Errors;
using Tandem.Runtime.Scheduling;

namespace Tandem.Runtime.Actors.Scheduling;

/// <summary>When a timer or reminder fires first, how it repeats, and when it ends.</summary>
internal readonly record struct RequestedSchedule(DateTimeOffset Due, ActorPeriod Period, DateTimeOffset? ExpiresAt)
{
    /// <summary>Reads a request's three fields.</summary>
    /// <exception cref="DaprException">One of them cannot be used; the message names it.</exception>
    public static RequestedSchedule Parse(string? dueTime, string? period, string? ttl, DateTimeOffset now, Func<string, DaprError> error)
    {
        if (!Moment.TryParse(dueTime, now, out var due))
        {
            throw new DaprException(error($"dueTime '{dueTime}' is neither a duration such as 10s or PT10S nor a time such as 2026-01-31T12:00:00Z"));
        }

        if (!ActorPeriod.TryParse(period, out var parsed))
        {
            throw new DaprException(error($"period '{period}' is not a duration such as 10s, PT10S or R3/PT10S"));
        }

        if (string.IsNullOrWhiteSpace(ttl))
        {
            return new(due, parsed, null);
        }

        if (!Moment.TryParse(ttl, now, out var expiresAt))
        {
            throw new DaprException(error($"ttl '{ttl}' is neither a duration such as 10s or PT10S nor a time such as 2026-01-31T12:00:00Z"));
        }

        return expiresAt <= now || expiresAt < due
            ? throw new DaprException(error($"ttl '{ttl}' ends before dueTime '{dueTime}': it would never fire"))
            : new(due, parsed, expiresAt);
    }
}
