using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Invocation.Proxy;

namespace Tandem.Runtime.Invocation;

/// <summary>The part that finds the way of calls which pass the sidecar as they are.</summary>
public sealed partial class ServiceInvoker
{
    /// <summary>Finds where a proxied call goes next, once the app (if it is in this process) can be called.</summary>
    /// <param name="target">Whom it is for.</param>
    /// <param name="path">The method: <c>/package.Service/Method</c>.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <exception cref="Errors.DaprException">The app is unknown, or does not let this one call the method.</exception>
    /// <exception cref="AppUnreachableException">The app is not up.</exception>
    public ValueTask<ProxyHop> FindHopAsync(InvocationTarget target, string path, CancellationToken cancellationToken)
    {
        if (target.BaseUrl is not null)
        {
            throw Failed(target.Name, "a gRPC call cannot be sent to an HTTP endpoint");
        }

        if (local.Find(target.Namespace!, target.Name) is not { } app)
        {
            return FindPeerAsync(target, cancellationToken);
        }

        var isSelf = IsSelf(target);
        if (!isSelf && app.AccessControl is { } list)
        {
            EnsureAllowed(list, self, target.Name, path, verb: "");
        }

        var headers = isSelf ? AddedHeaders.None : target.Caller;
        return app.Channel.IsHealthy ? ValueTask.FromResult(HopTo(app.Channel, headers)) : WaitForHopAsync(target.Name, app.Channel, headers, cancellationToken);
    }

    /// <summary>Where a call goes that another sidecar sent to this sidecar's own app.</summary>
    /// <exception cref="AppUnreachableException">The app is not up.</exception>
    public ValueTask<ProxyHop> FindHopAsync(AppChannelBase app, CancellationToken cancellationToken)
        => app.IsHealthy ? ValueTask.FromResult(HopTo(app, AddedHeaders.None)) : WaitForHopAsync(self.AppId, app, AddedHeaders.None, cancellationToken);

    /// <summary>Nobody listens where the call was sent to.</summary>
    public void ReportRefused(in ProxyHop hop)
    {
        hop.App?.Monitor.ReportFailure(refused: true);
        if (hop.PeerAddress is { } address)
        {
            peers.Forget(address);
        }
    }

    private static ProxyHop HopTo(AppChannelBase app, AddedHeaders headers) => new(app.Proxied, headers, app);

    private async ValueTask<ProxyHop> WaitForHopAsync(string name, AppChannelBase app, AddedHeaders headers, CancellationToken cancellationToken)
    {
        await WaitForAppAsync(name, app, cancellationToken).ConfigureAwait(false);
        return HopTo(app, headers);
    }

    private async ValueTask<ProxyHop> FindPeerAsync(InvocationTarget target, CancellationToken cancellationToken)
    {
        var address = resolver is null ? null : await resolver.ResolveAsync(target.Name, target.Namespace!, cancellationToken).ConfigureAwait(false);
        return address is null
            ? throw Unknown(target)
            : new ProxyHop(peers.Http2(address), target.PeerCaller, null, address);
    }
}
