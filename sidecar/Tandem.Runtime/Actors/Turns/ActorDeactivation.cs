using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.AppChannel;

namespace Tandem.Runtime.Actors.Turns;

/// <summary>Lets actors go: idle ones, those that belong to another host now, and all of them when the host ends.</summary>
internal sealed partial class ActorDeactivation(ActorHost host, ActorRuntimeContext context, ILogger logger)
{
    /// <summary>An actor may have been idle for long enough: deactivates it, unless it was used meanwhile.</summary>
    public void OnMaybeIdle(Actor actor)
    {
        if (actor.IdleAt.UtcTicks > host.NowTicks || !actor.Turns.TryEnter())
        {
            var later = new DateTimeOffset(host.NowTicks, TimeSpan.Zero) + actor.Type.Settings.IdleTimeout;
            host.Queue.Schedule(actor, actor.IdleAt.UtcTicks > host.NowTicks ? actor.IdleAt : later);
            return;
        }

        host.Work.Run(() => EndAsync(actor, host.Stopping));
    }

    /// <summary>Waits for the actor's turn (not for longer than its type says) and deactivates it.</summary>
    public async Task DeactivateAsync(Actor actor, TimeSpan drainTimeout, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(drainTimeout, context.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            if (await actor.Turns.EnterAsync(null, 1, either.Token).ConfigureAwait(false) == TurnEntry.Closed)
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.DrainTimedOut(logger, actor.Type.Settings.Name, actor.Id, drainTimeout.TotalSeconds);
        }

        await EndAsync(actor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deactivates every actor after its turn, until the time is up.</summary>
    public async Task DeactivateAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            var actors = host.Types.Values.SelectMany(static t => t.Actors);
            var options = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(actors, options, async (actor, token) => await DeactivateAsync(actor, actor.Type.Settings.DrainTimeout, token).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.DrainCutOff(logger);
        }
    }

    /// <summary>Deactivates an actor whose turn is ours. It counts as active until the app knows, so that its last state is saved.</summary>
    private async Task EndAsync(Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(actor.Path, UriKind.Relative)) { Content = ActorRequest.EmptyProtobuf() };
            using var response = await context.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
            (response.IsSuccessStatusCode ? actor.Type.Meters?.Deactivated : actor.Type.Meters?.DeactivationsFailed)?.Add();
            if (!response.IsSuccessStatusCode)
            {
                Log.DeactivationFailed(logger, actor.Type.Settings.Name, actor.Id, $"the app answered {(int)response.StatusCode}");
            }
        }
        catch (Exception exception) when (exception is AppUnreachableException or HttpRequestException or IOException)
        {
            actor.Type.Meters?.DeactivationsFailed.Add();
            Log.DeactivationFailed(logger, actor.Type.Settings.Name, actor.Id, exception.Message);
        }
        finally
        {
            host.Queue.Remove(actor);
            host.Timers.RemoveAll(actor);
            actor.Type.Remove(actor);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.DeactivationFailed, LogLevel.Warning, "actor {ActorType}/{ActorId}: its app could not deactivate it: {Reason}")]
        public static partial void DeactivationFailed(ILogger logger, string actorType, string actorId, string reason);

        [LoggerMessage(ActorEvents.DrainTimedOut, LogLevel.Warning, "actor {ActorType}/{ActorId}: its turn did not end within {Seconds} s and is not waited for any longer")]
        public static partial void DrainTimedOut(ILogger logger, string actorType, string actorId, double seconds);

        [LoggerMessage(ActorEvents.DrainCutOff, LogLevel.Warning, "actors: the time to end was up before every actor was deactivated")]
        public static partial void DrainCutOff(ILogger logger);
    }
}
