using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Turns;
using Tandem.Runtime.Peers;

namespace Tandem.Runtime.Actors.Placement;

/// <summary>
/// Keeps an actor in one place while hosts come: a host that is new asks those that were there before it to let go of an actor, and makes
/// it active when they have. By themselves they would look later (<see cref="PlacementWatch"/>), so after a while there is nothing to ask.
/// </summary>
internal sealed partial class ActorHandover(ActorHost host, ActorRuntimeContext context, ActorPlacement placement, ILogger logger)
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>How long two sidecars may differ in what they see of the hosts; the name resolver's view is younger.</summary>
    private static readonly TimeSpan LongestDifference = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly long _began = context.TimeProvider.GetTimestamp();
    private readonly TimeSpan _newFor = PlacementWatch.Interval + host.Types.Values.Max(static type => type.Settings.DrainTimeout) + Slack;
    private volatile bool _isOld;

    /// <summary>The actor becomes active here as soon as this is done.</summary>
    public ValueTask TakeOverAsync(string actorType, string actorId, CancellationToken cancellationToken)
    {
        _isOld = _isOld || context.TimeProvider.GetElapsedTime(_began) > _newFor;
        return _isOld ? ValueTask.CompletedTask : new(AskOthersAsync(actorType, actorId, cancellationToken));
    }

    /// <summary>A host that is newer asks for the actor: deactivates it after its turn, and does not make it active again.</summary>
    public async Task LetGoAsync(HostedActorType type, string actorId, CancellationToken cancellationToken)
    {
        // What is not seen to be elsewhere yet would come back with the next call.
        var began = context.TimeProvider.GetTimestamp();
        while (await IsHereAsync(type, actorId, cancellationToken).ConfigureAwait(false) && context.TimeProvider.GetElapsedTime(began) < LongestDifference)
        {
            await Task.Delay(Pause, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        if (type.Find(actorId) is { } actor)
        {
            type.Meters?.Rebalanced.Add();
            var drain = type.Settings.DrainRebalanced ? type.Settings.DrainTimeout : TimeSpan.Zero;
            await host.Deactivation.DeactivateAsync(actor, drain, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsHereAsync(HostedActorType type, string actorId, CancellationToken cancellationToken)
        => (await placement.FindAsync(type.Settings.Name, actorId, cancellationToken).ConfigureAwait(false)).Runtime?.IsHost(host) is true;

    private async Task AskOthersAsync(string actorType, string actorId, CancellationToken cancellationToken)
    {
        var others = await placement.ListHostsAsync(actorType, cancellationToken).ConfigureAwait(false);
        others.RemoveAll(other => other.Runtime?.IsHost(host) is true);
        if (others.Count > 0)
        {
            await Task.WhenAll(others.Select(other => AskAsync(other, actorType, actorId, cancellationToken))).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(ActorOwner other, string actorType, string actorId, CancellationToken cancellationToken)
    {
        try
        {
            if (other.Runtime is { } runtime)
            {
                await runtime.ReleaseAsync(actorType, actorId, cancellationToken).ConfigureAwait(false);
                return;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{ActorRequest.PathOf(actorType, actorId)}/release", UriKind.Relative));
            using var response = await context.Peers.SendAsync(other.Address!, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PeerUnreachableException or HttpRequestException or IOException)
        {
            // Its process ended, and with it whatever was active there.
            Log.NotAsked(logger, actorType, actorId, other.Address, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.NotHandedOver, LogLevel.Debug, "actor {ActorType}/{ActorId}: the host at {Address} could not be asked to let go of it: {Reason}")]
        public static partial void NotAsked(ILogger logger, string actorType, string actorId, string? address, string reason);
    }
}
