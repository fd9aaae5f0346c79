using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Turns;

namespace Tandem.Runtime.Actors.Timers;

/// <summary>
/// The timers of a host's active actors, in memory. A timer that is due enqueues a turn; its next time is counted when that turn
/// has ended, so that it never runs beside itself.
/// </summary>
internal sealed partial class ActorTimers(ActorHost host, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Starts a timer, in place of one of the same name.</summary>
    public void Create(Actor actor, string name, TimerRequest request)
    {
        var now = timeProvider.GetUtcNow();
        var schedule = RequestedSchedule.Parse(request.DueTime, request.Period, request.Ttl, now, ActorErrors.TimerCreate);
        var timer = new ActorTimer(this, actor, name, schedule.Period, ActorJson.WriteTimer(request), schedule.ExpiresAt);
        lock (actor.Turns)
        {
            actor.Timers ??= new(StringComparer.Ordinal);
            if (actor.Timers.TryGetValue(name, out var previous))
            {
                host.Queue.Remove(previous);
            }
            else
            {
                actor.Type.Meters?.Timers.Add();
            }

            actor.Timers[name] = timer;
            host.Queue.Schedule(timer, schedule.Due);
        }
    }

    /// <summary>Ends a timer, if there is one of that name.</summary>
    public void Remove(Actor actor, string name)
    {
        lock (actor.Turns)
        {
            if (actor.Timers is { } timers && timers.Remove(name, out var timer))
            {
                actor.Type.Meters?.Timers.Add(-1);
                host.Queue.Remove(timer);
            }
        }
    }

    /// <summary>Ends all timers of an actor.</summary>
    public void RemoveAll(Actor actor)
    {
        lock (actor.Turns)
        {
            if (actor.Timers is not { } timers)
            {
                return;
            }

            actor.Timers = null;
            actor.Type.Meters?.Timers.Add(-timers.Count);
            foreach (var timer in timers.Values)
            {
                host.Queue.Remove(timer);
            }
        }
    }

    /// <summary>A timer's time has come.</summary>
    public void OnDue(ActorTimer timer) => host.Work.Run(() => FireAsync(timer));

    private async Task FireAsync(ActorTimer timer)
    {
        if (timer.ExpiresAt <= timeProvider.GetUtcNow() || !IsCurrent(timer))
        {
            Finish(timer);
            return;
        }

        var due = new DateTimeOffset(timer.DueTicks, TimeSpan.Zero);
        var call = new ActorCall(timer.Actor.Type.Settings.Name, timer.Actor.Id, $"timer/{Uri.EscapeDataString(timer.Name)}")
        {
            Body = timer.Body,
            ContentType = "application/json",
        };
        var answer = await host.InvokeAsync(timer.Actor, call).ConfigureAwait(false);
        if (answer is null)
        {
            return;
        }

        timer.Actor.Type.Meters?.TimersFired.Record(answer.Error is null);
        if (answer.Error is { } error)
        {
            Log.Failed(logger, call.ActorType, call.ActorId, timer.Name, error.Message);
        }

        var next = timer.Period.NextAfter(due, timeProvider.GetUtcNow());
        timer.RepetitionsLeft--;
        if (next is null || timer.RepetitionsLeft == 0 || next > timer.ExpiresAt || answer.CancelsReminder)
        {
            Finish(timer);
            return;
        }

        lock (timer.Actor.Turns)
        {
            if (IsCurrent(timer))
            {
                host.Queue.Schedule(timer, next.Value);
            }
        }
    }

    private static bool IsCurrent(ActorTimer timer)
    {
        lock (timer.Actor.Turns)
        {
            return timer.Actor.Timers is { } timers && timers.TryGetValue(timer.Name, out var current) && ReferenceEquals(current, timer);
        }
    }

    private static void Finish(ActorTimer timer)
    {
        lock (timer.Actor.Turns)
        {
            if (IsCurrent(timer))
            {
                timer.Actor.Timers!.Remove(timer.Name);
                timer.Actor.Type.Meters?.Timers.Add(-1);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.TimerFailed, LogLevel.Warning, "actor {ActorType}/{ActorId}: timer '{Timer}' failed: {Reason}")]
        public static partial void Failed(ILogger logger, string actorType, string actorId, string timer, string reason);
    }
}
