using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Turns;
using Tandem.Runtime.Peers;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>Fires reminders that are due: so many at a time and no more, whatever was missed while the app was away.</summary>
internal sealed partial class ReminderRunner(
    ActorHost host, ActorRuntimeContext context, ReminderEngine engine, ActorPlacement placement, ILogger logger)
{
    private const int MostAtOnce = 128;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowestRetry = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<ReminderEntry> _due = new();
    private int _running;

    /// <summary>How long to wait after so many failures.</summary>
    public static TimeSpan BackOff(int failures) => TimeSpan.FromSeconds(Math.Min(SlowestRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, failures)));

    /// <summary>Fires a reminder as soon as there is a place.</summary>
    public void Enqueue(ReminderEntry entry)
    {
        _due.Enqueue(entry);
        StartOne();
    }

    /// <summary>A reminder of an actor that is placed elsewhere is given to its host; when that fails it is tried again at its time.</summary>
    public async Task HandOverIfElsewhereAsync(ReminderEntry entry, StoredReminder reminder)
    {
        var generation = entry.Generation;
        try
        {
            var owner = await placement.FindAsync(reminder.ActorType, reminder.ActorId, host.Stopping).ConfigureAwait(false);
            if (!IsHere(owner) && ReferenceEquals(entry.Reminder, reminder)
                && await TellAsync(owner, reminder.ActorType, reminder.ActorId, reminder.Name).ConfigureAwait(false))
            {
                await engine.LeaveAsync(entry, generation).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The reminder is stored and watched over here: the caller has what it asked for.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.NotHandedOver(logger, reminder.ActorType, reminder.ActorId, reminder.Name, exception.Message);
        }
    }

    /// <summary>Tells the host of an actor that a reminder has changed; nothing to tell when that is here.</summary>
    public async Task<bool> TellOwnerAsync(string actorType, string actorId, string name)
    {
        var owner = await placement.FindAsync(actorType, actorId, host.Stopping).ConfigureAwait(false);
        return IsHere(owner) || await TellAsync(owner, actorType, actorId, name).ConfigureAwait(false);
    }

    private bool IsHere(ActorOwner owner) => owner.IsNone || (owner.Runtime is { } runtime && runtime.IsHost(host));

    private void StartOne()
    {
        for (var running = Volatile.Read(ref _running); running < MostAtOnce; running = Volatile.Read(ref _running))
        {
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running)
            {
                host.Work.Run(RunAsync);
                return;
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (!host.Stopping.IsCancellationRequested && _due.TryDequeue(out var entry))
            {
                await FireAsync(entry).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }

        // One may have come between the last look and the count.
        if (!host.Stopping.IsCancellationRequested && !_due.IsEmpty)
        {
            StartOne();
        }
    }

    private async Task FireAsync(ReminderEntry entry)
    {
        var generation = entry.Generation;
        if (entry.Reminder is not { } reminder || host.IsDraining)
        {
            return;
        }

        var now = context.TimeProvider.GetUtcNow();
        if (reminder.Next > now)
        {
            // It was registered anew after it had become due.
            return;
        }

        try
        {
            var owner = await placement.FindAsync(reminder.ActorType, reminder.ActorId, host.Stopping).ConfigureAwait(false);
            if (!IsHere(owner))
            {
                if (await TellAsync(owner, reminder.ActorType, reminder.ActorId, reminder.Name).ConfigureAwait(false))
                {
                    await engine.LeaveAsync(entry, generation).ConfigureAwait(false);
                    return;
                }

                Retry(entry, generation);
                return;
            }

            var isOver = entry.IsCancelled || reminder.ExpiresAt <= now;
            if (!isOver && !entry.HasFired)
            {
                var answer = await CallAsync(reminder).ConfigureAwait(false);
                if (answer is null)
                {
                    // The app went away: the reminder is found again when it comes back.
                    return;
                }

                host.Types.GetValueOrDefault(reminder.ActorType)?.Meters?.RemindersFired.Record(answer.Error is null);
                if (answer.Error is { } error)
                {
                    Log.Failed(logger, reminder.ActorType, reminder.ActorId, reminder.Name, entry.Failures + 1, error.Message);
                    Retry(entry, generation);
                    return;
                }

                entry.HasFired = entry.Generation == generation;
                isOver = entry.IsCancelled = entry.HasFired && answer.CancelsReminder;
            }

            await engine.AdvanceAsync(entry, generation, isOver).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the trouble is, a reminder is never lost by it.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.StoreFailed(logger, reminder.ActorType, reminder.ActorId, reminder.Name, exception);
            Retry(entry, generation);
        }
    }

    private Task<ActorAnswer?> CallAsync(StoredReminder reminder)
    {
        var call = new ActorCall(reminder.ActorType, reminder.ActorId, $"remind/{Uri.EscapeDataString(reminder.Name)}")
        {
            Body = ActorJson.WriteReminder(reminder.Data),
            ContentType = "application/json",
        };
        return host.InvokeAsync(call, host.Stopping);
    }

    private void Retry(ReminderEntry entry, int generation)
    {
        if (entry.Generation == generation && !host.IsDraining)
        {
            host.Queue.Schedule(entry, context.TimeProvider.GetUtcNow() + BackOff(entry.Failures++));
        }
    }

    private async Task<bool> TellAsync(ActorOwner owner, string actorType, string actorId, string name)
    {
        try
        {
            if (owner.Runtime is { } runtime)
            {
                return await runtime.RefreshReminderAsync(actorType, actorId, name, host.Stopping).ConfigureAwait(false);
            }

            var path = $"{ActorRequest.PathOf(actorType, actorId)}/reminders/{Uri.EscapeDataString(name)}/refresh";
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
            using var response = await context.Peers.SendAsync(owner.Address!, request, host.Stopping).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (PeerUnreachableException exception)
        {
            Log.NotHandedOver(logger, actorType, actorId, name, exception.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.ReminderFailed, LogLevel.Warning, "actor {ActorType}/{ActorId}: reminder '{Reminder}' failed {Failures} times and is tried again: {Reason}")]
        public static partial void Failed(ILogger logger, string actorType, string actorId, string reminder, int failures, string reason);

        [LoggerMessage(ActorEvents.ReminderStoreFailed, LogLevel.Error, "actor {ActorType}/{ActorId}: reminder '{Reminder}' could not be written forward and is tried again")]
        public static partial void StoreFailed(ILogger logger, string actorType, string actorId, string reminder, Exception exception);

        [LoggerMessage(ActorEvents.ReminderNotHandedOver, LogLevel.Warning, "actor {ActorType}/{ActorId}: reminder '{Reminder}' could not be given to the actor's host yet: {Reason}")]
        public static partial void NotHandedOver(ILogger logger, string actorType, string actorId, string reminder, string reason);
    }
}
