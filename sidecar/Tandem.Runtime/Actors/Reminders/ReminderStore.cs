using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tandem.Components.State;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>The reminders in the actor state store: one key for each.</summary>
internal sealed partial class ReminderStore(ActorStateStore store, ILogger logger)
{
    /// <summary>Why reminders cannot be kept in this store; <see langword="null"/> when they can.</summary>
    public string? Refusal => store.Keys is null
        ? $"the actor state store '{store.Name}' cannot list its keys, so that its reminders would not be found again after a restart: use one with the capability KEYS_LIKE, such as state.sqlite"
        : null;

    /// <summary>Reads one reminder.</summary>
    public async ValueTask<StoredReminder?> GetAsync(string key, CancellationToken cancellationToken)
        => await store.Store.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } item ? Read(item) : null;

    /// <summary>Saves one reminder; <see langword="false"/> when it exists and must not.</summary>
    public async ValueTask<bool> SetAsync(string key, StoredReminder reminder, bool overwrite, CancellationToken cancellationToken)
    {
        var concurrency = overwrite ? StateConcurrency.LastWrite : StateConcurrency.FirstWrite;
        var outcome = await store.Store.SetAsync(new StateSet(key, reminder.Write(), Concurrency: concurrency), cancellationToken).ConfigureAwait(false);
        return outcome == StateOutcome.Done;
    }

    /// <summary>Deletes one reminder, if it is there.</summary>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
        => await store.Store.DeleteAsync(new StateDelete(key), cancellationToken).ConfigureAwait(false);

    /// <summary>All reminders of a type.</summary>
    public IAsyncEnumerable<(string Key, StoredReminder Reminder)> ListAsync(string actorType, CancellationToken cancellationToken)
        => ListAsync(actorType, null, cancellationToken);

    /// <summary>All reminders of an actor, or of a type for no actor.</summary>
    public async IAsyncEnumerable<(string Key, StoredReminder Reminder)> ListAsync(string actorType, string? actorId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (store.Keys is not { } keys)
        {
            yield break;
        }

        await foreach (var item in keys.ListAsync(StoredReminder.PrefixOf(actorType, actorId), cancellationToken).ConfigureAwait(false))
        {
            if (Read(item) is { } reminder)
            {
                yield return (item.Key, reminder);
            }
        }
    }

    private StoredReminder? Read(StateItem item)
    {
        try
        {
            return StoredReminder.Read(item.Value.Span);
        }
        catch (JsonException exception)
        {
            // Somebody else wrote under our prefix. One bad value must not take all other reminders with it.
            Log.Unreadable(logger, item.Key, exception);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.ReminderUnreadable, LogLevel.Error, "the value under '{Key}' is no reminder and is left alone")]
        public static partial void Unreadable(ILogger logger, string key, Exception exception);
    }
}
