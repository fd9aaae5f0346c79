using System.Text;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Actors.Scheduling;
using Tandem.Runtime.Actors.Turns;

namespace Tandem.Runtime.Actors.Placement;

/// <summary>
/// Looks from time to time whether hosts of the app's actor types came or went. Actors that belong elsewhere now are deactivated here,
/// and reminders that belong here now are taken over.
/// </summary>
internal sealed partial class PlacementWatch(ActorHost host, ActorPlacement placement, TimeProvider timeProvider, ILogger logger) : DueItem
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private string _hosts = "";

    /// <summary>
    /// Begins to look, before anything is placed: what is placed by an older look than this would be left where it is.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _hosts = await DescribeAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the name resolver's trouble is, the actors of this process work; the next look makes up for it.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.NotSeen(logger, exception);
        }

        Schedule();
    }

    /// <inheritdoc/>
    protected internal override void OnDue() => host.Work.Run(LookAsync);

    private async Task LookAsync()
    {
        try
        {
            var hosts = await DescribeAsync(host.Stopping).ConfigureAwait(false);
            if (_hosts != hosts)
            {
                Log.Rebalanced(logger, hosts);
                await RebalanceAsync().ConfigureAwait(false);
                await host.Reminders.LoadAsync().ConfigureAwait(false);
                _hosts = hosts;
            }
        }
        finally
        {
            Schedule();
        }
    }

    private async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        var hosts = new StringBuilder();
        foreach (var type in host.Types.Keys)
        {
            var found = await placement.ListHostsAsync(type, cancellationToken).ConfigureAwait(false);
            hosts.Append(type).Append(" at ").AppendJoin(' ', found.Select(static host => host.Address)).Append("; ");
        }

        return hosts.ToString();
    }

    private async Task RebalanceAsync()
    {
        foreach (var type in host.Types.Values)
        {
            foreach (var actor in type.Actors)
            {
                var owner = await placement.FindAsync(type.Settings.Name, actor.Id, host.Stopping).ConfigureAwait(false);
                if (owner.Runtime is { } runtime ? !runtime.IsHost(host) : !owner.IsNone)
                {
                    type.Meters?.Rebalanced.Add();
                    var drain = type.Settings.DrainRebalanced ? type.Settings.DrainTimeout : TimeSpan.Zero;
                    host.Work.Run(() => host.Deactivation.DeactivateAsync(actor, drain, host.Stopping));
                }
            }
        }
    }

    private void Schedule()
    {
        if (!host.IsDraining)
        {
            host.Queue.Schedule(this, timeProvider.GetUtcNow() + Interval);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.Rebalanced, LogLevel.Information, "actors are placed anew among the hosts {Hosts}")]
        public static partial void Rebalanced(ILogger logger, string hosts);

        [LoggerMessage(ActorEvents.HostsNotSeen, LogLevel.Warning, "the name resolver does not say who hosts actors; it is asked again")]
        public static partial void NotSeen(ILogger logger, Exception exception);
    }
}
