using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Timers;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics;

namespace Tandem.Runtime.Actors.Turns;

/// <summary>
/// An app as a host of actors, from the moment it says which types it hosts until it goes away: its active actors, their turns,
/// timers and reminders. An app that starts again is a new host, so that nothing of the old one is left by mistake.
/// </summary>
internal sealed class ActorHost : IAsyncDisposable
{
    private readonly ActorRuntimeContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _draining;

    public ActorHost(ActorRuntimeContext context, ActorPlacement placement, IReadOnlyList<ActorTypeSettings> types)
    {
        _context = context;
        var logger = context.LoggerFactory.CreateLogger<ActorHost>();
        Types = types.ToFrozenDictionary(static t => t.Name, t => new HostedActorType(this, t, context.Metrics?.Actors.For(t.Name)), StringComparer.Ordinal);
        Queue = new DueQueue(context.TimeProvider);
        Work = new BackgroundWork(logger);
        Timers = new ActorTimers(this, context.TimeProvider, logger);
        Reminders = new ReminderEngine(this, context, placement);
        Deactivation = new ActorDeactivation(this, context, logger);
        Handover = new ActorHandover(this, context, placement, logger);
        Watch = new PlacementWatch(this, placement, context.TimeProvider, logger);
    }

    /// <summary>The hosted types by name.</summary>
    public FrozenDictionary<string, HostedActorType> Types { get; }

    /// <summary>What becomes due here: idle actors, timers, reminders.</summary>
    public DueQueue Queue { get; }

    /// <summary>What runs here without a caller.</summary>
    public BackgroundWork Work { get; }

    /// <summary>The timers of the active actors.</summary>
    public ActorTimers Timers { get; }

    /// <summary>The reminders of the actors that are placed here.</summary>
    public ReminderEngine Reminders { get; }

    /// <summary>Lets actors go.</summary>
    public ActorDeactivation Deactivation { get; }

    /// <summary>Takes actors over from other hosts, and hands them over.</summary>
    public ActorHandover Handover { get; }

    /// <summary>Sees hosts come and go.</summary>
    public PlacementWatch Watch { get; }

    /// <summary>Ends when the host does.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Whether new calls are taken; those that run may still use state, timers and reminders when not.</summary>
    public bool IsDraining => _draining;

    /// <summary>The clock's time in ticks.</summary>
    public long NowTicks => _context.TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>Calls a method in a turn of its actor; <see langword="null"/> when the app went away before the turn began.</summary>
    public async Task<ActorAnswer?> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
    {
        if (!Types.TryGetValue(call.ActorType, out var type))
        {
            return null;
        }

        var reentrancyId = ReentrancyIdOf(type, call);
        while (!type.IsClosed)
        {
            if (type.Find(call.ActorId) is not { } actor)
            {
                await Handover.TakeOverAsync(call.ActorType, call.ActorId, cancellationToken).ConfigureAwait(false);
                actor = Activate(type, call.ActorId);
            }

            var entry = await EnterAsync(actor, reentrancyId, type.Settings.MaxStackDepth, cancellationToken).ConfigureAwait(false);
            if (entry == TurnEntry.Entered)
            {
                return await TakeTurnAsync(actor, call, reentrancyId).ConfigureAwait(false);
            }

            if (entry == TurnEntry.TooDeep)
            {
                return ActorAnswer.Failed(ActorErrors.StackDepth);
            }
        }

        return null;
    }

    /// <summary>Calls a method in a turn of this very actor; <see langword="null"/> when it is not active any more.</summary>
    public async Task<ActorAnswer?> InvokeAsync(Actor actor, ActorCall call)
    {
        var reentrancyId = ReentrancyIdOf(actor.Type, call);
        return await EnterAsync(actor, reentrancyId, 1, Stopping).ConfigureAwait(false) == TurnEntry.Entered
            ? await TakeTurnAsync(actor, call, reentrancyId).ConfigureAwait(false)
            : null;
    }

    /// <summary>Another host asks for an actor that is placed there now.</summary>
    public Task ReleaseAsync(string actorType, string actorId)
        => Types.TryGetValue(actorType, out var type) ? Handover.LetGoAsync(type, actorId, Stopping) : Task.CompletedTask;

    /// <summary>The actor, made active when it is not.</summary>
    public Actor Activate(HostedActorType type, string actorId)
    {
        var actor = type.GetOrAdd(actorId, NowTicks, out var added);
        if (added)
        {
            type.Meters?.Activated.Add();
            Queue.Schedule(actor, actor.IdleAt);
        }

        return actor;
    }

    /// <summary>Ends the host. An app that is still there hears of each actor that it loses, after that actor's turn.</summary>
    public async Task StopAsync(bool appIsGone, CancellationToken cancellationToken)
    {
        _draining = true;
        Reminders.Stop();
        if (!appIsGone)
        {
            await Deactivation.DeactivateAllAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var type in Types.Values)
        {
            type.Close();
        }

        Queue.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Work.WhenIdleAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(appIsGone: true, CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Waits for the turn, and counts those that wait.</summary>
    private static ValueTask<TurnEntry> EnterAsync(Actor actor, string? reentrancyId, int maxStackDepth, CancellationToken cancellationToken)
    {
        var entry = actor.Turns.EnterAsync(reentrancyId, maxStackDepth, cancellationToken);
        return entry.IsCompleted || actor.Type.Meters is not { } meters ? entry : CountAsync(entry, meters.Pending);

        static async ValueTask<TurnEntry> CountAsync(ValueTask<TurnEntry> entry, Counter pending)
        {
            pending.Add(1);
            try
            {
                return await entry.ConfigureAwait(false);
            }
            finally
            {
                pending.Add(-1);
            }
        }
    }

    private static string? ReentrancyIdOf(HostedActorType type, ActorCall call)
        => type.Settings.IsReentrant ? call.ReentrancyId ?? Guid.NewGuid().ToString() : null;

    /// <summary>
    /// The turn. It ends when the app has answered to the end and not when the caller loses patience: the app's method would run on,
    /// and the next turn beside it.
    /// </summary>
    private async Task<ActorAnswer> TakeTurnAsync(Actor actor, ActorCall call, string? reentrancyId)
    {
        try
        {
            actor.Touch(NowTicks);
            using var request = ActorRequest.Create($"{actor.Path}/method/{call.Method}{call.Query}", call, reentrancyId);
            using var response = await SendAsync(request, call).ConfigureAwait(false);
            var answer = await ActorAnswer.ReadAsync(response, Stopping).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? answer
                : answer.Status == 404 ? ActorAnswer.Failed(ActorErrors.Invoke($"actor method not found: {call.Method}"))
                : ActorAnswer.Failed(ActorErrors.Invoke($"error from actor service: ({answer.Status}) {answer.ReadText()}"));
        }
        catch (Exception exception) when (exception is AppUnreachableException or HttpRequestException or IOException)
        {
            return ActorAnswer.Failed(ActorErrors.Invoke(exception.Message));
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            return ActorAnswer.Failed(ActorErrors.RuntimeClosed);
        }
        finally
        {
            actor.Touch(NowTicks);
            actor.Turns.Exit();
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ActorCall call)
    {
        return _context.App.Tracing is { } tracing
            ? tracing.SendAsync(_context.App, request, $"CallActor/{call.ActorType}/{call.Method}", ActivityKind.Server, SetTags, Stopping)
            : _context.App.SendAsync(request, Stopping);

        void SetTags(Activity span)
        {
            span.SetTag("rpc.service", "ServiceInvocation");
            span.SetTag("net.peer.name", $"{call.ActorType}.{call.ActorId}");
            span.SetTag("dapr.actor", $"{call.ActorType}.{call.ActorId}");
        }
    }
}
