using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Turns;

namespace Tandem.Runtime.Actors.Reminders;

/// <summary>Finds stored reminders: when a host begins, and when hosts came or went.</summary>
internal sealed partial class ReminderLoader(
    ActorHost host, ActorRuntimeContext context, ActorPlacement placement, ReminderEngine engine, ReminderStore store, ILogger logger)
{
    private readonly ActorTurnLock _loading = new();
    private volatile ConcurrentDictionary<string, bool>? _changed;

    /// <summary>A reminder was changed: what a list of the store shows of it may be older than that from now on.</summary>
    public void Changed(string key) => _changed?.TryAdd(key, true);

    /// <summary>Whether the reminder was changed since the store began to list.</summary>
    public bool IsOutdated(string key) => _changed?.ContainsKey(key) is true;

    /// <summary>Finds the reminders of the actors that are placed here. A store that is not there yet is asked again until it is.</summary>
    public async Task LoadAsync()
    {
        await _loading.EnterAsync(null, 1, host.Stopping).ConfigureAwait(false);
        try
        {
            _changed = new(StringComparer.Ordinal);
            foreach (var type in host.Types.Keys)
            {
                for (var failures = 0; !await TryLoadAsync(type).ConfigureAwait(false); failures++)
                {
                    await Task.Delay(ReminderRunner.BackOff(failures), context.TimeProvider, host.Stopping).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _changed = null;
            _loading.Exit();
        }
    }

    private async Task<bool> TryLoadAsync(string actorType)
    {
        try
        {
            var found = 0;
            await foreach (var (key, reminder) in store.ListAsync(actorType, host.Stopping).ConfigureAwait(false))
            {
                var owner = await placement.FindAsync(actorType, reminder.ActorId, host.Stopping).ConfigureAwait(false);
                var isHere = owner.IsNone || owner.Runtime?.IsHost(host) is true;
                if (isHere && await engine.TakeOnAsync(key, reminder).ConfigureAwait(false))
                {
                    found++;
                }
            }

            Log.Found(logger, found, actorType);
            return true;
        }
#pragma warning disable CA1031 // Whatever the store's trouble is: without this no reminder would ever fire.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.NotRead(logger, actorType, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.RemindersFound, LogLevel.Information, "{Count} reminders of actor type {ActorType} were found in the state store")]
        public static partial void Found(ILogger logger, int count, string actorType);

        [LoggerMessage(ActorEvents.RemindersNotRead, LogLevel.Error, "the reminders of actor type {ActorType} could not be read; they are asked for again")]
        public static partial void NotRead(ILogger logger, string actorType, Exception exception);
    }
}
