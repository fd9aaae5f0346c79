using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Turns;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>
/// The reminders of a host. The state store is the truth and this is its alarm clock: a change is stored first and watched over then,
/// and what has fired is written forward after the app answered. A crash in between fires it again, and never loses it.
/// </summary>
internal sealed class ReminderEngine
{
    private readonly ActorHost _host;
    private readonly ActorRuntimeContext _context;
    private readonly ReminderStore? _store;
    private readonly ReminderRunner _runner;
    private readonly ReminderLoader? _loader;
    private readonly ConcurrentDictionary<string, ReminderEntry> _entries = new(StringComparer.Ordinal);

    public ReminderEngine(ActorHost host, ActorRuntimeContext context, ActorPlacement placement)
    {
        _host = host;
        _context = context;
        var logger = context.LoggerFactory.CreateLogger<ReminderEngine>();
        _store = context.StateStore is { } store ? new ReminderStore(store, logger) : null;
        _loader = _store is { Refusal: null } ? new ReminderLoader(host, context, placement, this, _store, logger) : null;
        _runner = new ReminderRunner(host, context, this, placement, logger);
    }

    /// <summary>How many reminders are watched over.</summary>
    public int Count => _entries.Count;

    private ReminderStore Store => _store ?? throw new DaprException(ActorErrors.RuntimeNotFound);

    /// <summary>Registers a reminder, in place of one of the same name.</summary>
    public async Task CreateAsync(string actorType, string actorId, string name, ReminderRequest request, CancellationToken cancellationToken)
    {
        if (Store.Refusal is { } refusal)
        {
            throw new DaprException(ActorErrors.ReminderCreate(refusal));
        }

        var schedule = RequestedSchedule.Parse(request.DueTime, request.Period, request.Ttl, _context.TimeProvider.GetUtcNow(), ActorErrors.ReminderCreate);
        var reminder = new StoredReminder
        {
            ActorType = actorType,
            ActorId = actorId,
            Name = name,
            DueTime = request.DueTime,
            Period = request.Period,
            Ttl = request.Ttl,
            Data = request.Data,
            Next = schedule.Due,
            RepetitionsLeft = schedule.Period.Repetitions,
            ExpiresAt = schedule.ExpiresAt,
        };
        var key = StoredReminder.KeyOf(actorType, actorId, name);
        var entry = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!await Store.SetAsync(key, reminder, request.Overwrite ?? true, cancellationToken).ConfigureAwait(false))
            {
                throw new DaprException(ActorErrors.ReminderExists(name));
            }

            Watch(entry, reminder);
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(ActorErrors.ReminderCreate(exception.Message), exception);
        }
        finally
        {
            Unlock(entry);
        }

        await _runner.HandOverIfElsewhereAsync(entry, reminder).ConfigureAwait(false);
    }

    /// <summary>Deletes a reminder, if it is there.</summary>
    public async Task DeleteAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        var key = StoredReminder.KeyOf(actorType, actorId, name);
        var entry = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        var watched = entry.Reminder is not null;
        try
        {
            await Store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            Forget(entry);
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(ActorErrors.ReminderDelete(exception.Message), exception);
        }
        finally
        {
            Unlock(entry);
        }

        if (!watched && !await _runner.TellOwnerAsync(actorType, actorId, name).ConfigureAwait(false))
        {
            throw new DaprException(ActorErrors.ReminderDelete("the host of the actor could not be told"));
        }
    }

    /// <summary>Reads a reminder.</summary>
    public async Task<StoredReminder?> GetAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Store.GetAsync(StoredReminder.KeyOf(actorType, actorId, name), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(ActorErrors.ReminderGet(exception.Message), exception);
        }
    }

    /// <summary>Reads the reminders of an actor, or of all actors of a type.</summary>
    public async Task<IReadOnlyList<(string Name, ReminderResponse Reminder)>> ListAsync(string actorType, string? actorId, CancellationToken cancellationToken)
    {
        try
        {
            var found = new List<(string, ReminderResponse)>();
            await foreach (var (_, reminder) in Store.ListAsync(actorType, actorId, cancellationToken).ConfigureAwait(false))
            {
                found.Add((reminder.Name, ReminderResponse.From(reminder)));
            }

            return found;
        }
        catch (Exception exception) when (exception is not (DaprException or OperationCanceledException))
        {
            throw new DaprException(ActorErrors.ReminderGet(exception.Message), exception);
        }
    }

    /// <summary>Somebody else changed a reminder of an actor that is placed here: looks at what is stored now.</summary>
    public async Task RefreshAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        var key = StoredReminder.KeyOf(actorType, actorId, name);
        var entry = await LockAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            if (await Store.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } reminder)
            {
                Watch(entry, reminder);
            }
            else
            {
                Forget(entry);
            }
        }
        finally
        {
            Unlock(entry);
        }
    }

    /// <summary>Finds the stored reminders of the actors that are placed here. A store that is not there yet is asked again until it is.</summary>
    public Task LoadAsync() => _loader is { } loader ? loader.LoadAsync() : Task.CompletedTask;

    /// <summary>Watches over a reminder that was found, unless something newer is known of it.</summary>
    public async Task<bool> TakeOnAsync(string key, StoredReminder reminder)
    {
        var entry = await LockAsync(key, _host.Stopping).ConfigureAwait(false);
        var isNew = entry.Reminder is null && !_loader!.IsOutdated(key);
        if (isNew)
        {
            Watch(entry, reminder);
        }

        Unlock(entry);
        return isNew;
    }

    /// <summary>No reminder fires any more.</summary>
    public void Stop()
    {
        foreach (var entry in _entries.Values)
        {
            _host.Queue.Remove(entry);
        }
    }

    /// <summary>A reminder's time has come.</summary>
    public void OnDue(ReminderEntry entry)
    {
        if (!_host.IsDraining)
        {
            _runner.Enqueue(entry);
        }
    }

    /// <summary>Writes forward that a reminder has fired, unless it was changed meanwhile.</summary>
    public async Task AdvanceAsync(ReminderEntry entry, int generation, bool isOver)
    {
        if (await entry.Changes.EnterAsync(null, 1, CancellationToken.None).ConfigureAwait(false) != TurnEntry.Entered)
        {
            return;
        }

        try
        {
            if (entry.Generation != generation || entry.Reminder is not { } reminder)
            {
                return;
            }

            var next = isOver ? null : reminder.After(_context.TimeProvider.GetUtcNow());
            if (next is null)
            {
                await Store.DeleteAsync(entry.Key, CancellationToken.None).ConfigureAwait(false);
                Forget(entry);
            }
            else
            {
                await Store.SetAsync(entry.Key, next, overwrite: true, CancellationToken.None).ConfigureAwait(false);
                Watch(entry, next);
            }
        }
        finally
        {
            Unlock(entry);
        }
    }

    /// <summary>Another host watches over the reminder now.</summary>
    public async Task LeaveAsync(ReminderEntry entry, int generation)
    {
        if (await entry.Changes.EnterAsync(null, 1, CancellationToken.None).ConfigureAwait(false) == TurnEntry.Entered)
        {
            if (entry.Generation == generation)
            {
                Forget(entry);
            }

            Unlock(entry);
        }
    }

    private async ValueTask<ReminderEntry> LockAsync(string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(key, static (k, engine) => new ReminderEntry(engine, k), this);
            if (await entry.Changes.EnterAsync(null, 1, cancellationToken).ConfigureAwait(false) == TurnEntry.Entered)
            {
                return entry;
            }
        }
    }

    private void Watch(ReminderEntry entry, StoredReminder reminder)
    {
        _loader?.Changed(entry.Key);
        entry.Generation++;
        entry.Reminder = reminder;
        entry.Failures = 0;
        entry.HasFired = entry.IsCancelled = false;
        if (!_host.IsDraining)
        {
            _host.Queue.Schedule(entry, reminder.Next);
        }
    }

    private void Forget(ReminderEntry entry)
    {
        _loader?.Changed(entry.Key);
        entry.Generation++;
        entry.Reminder = null;
        _host.Queue.Remove(entry);
    }

    /// <summary>Ends a change. An entry without a reminder goes: nothing is kept for what was deleted or never came to be.</summary>
    private void Unlock(ReminderEntry entry)
    {
        if (entry.Reminder is null)
        {
            _entries.TryRemove(KeyValuePair.Create(entry.Key, entry));
            entry.Changes.Close();
        }

        entry.Changes.Exit();
    }
}
