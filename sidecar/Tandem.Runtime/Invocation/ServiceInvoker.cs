using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Tandem.Components.NameResolution;
using Tandem.Runtime.AccessControl;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Invocation.Grpc;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Peers;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Invocation;

/// <summary>The service invocation building block of one sidecar.</summary>
public sealed partial class ServiceInvoker(
    SidecarOptions options,
    ILocalSidecars local,
    INameResolver? resolver,
    PeerChannel peers,
    ResiliencyPolicies policies,
    IReadOnlyList<InvocationTarget> endpoints,
    CallerIdentity self,
    TimeProvider timeProvider,
    SidecarMetrics? metrics = null) : IDisposable
{
    /// <summary>Names beyond this many are looked up each time, so that calls to random names cost no memory.</summary>
    private const int MostKeptTargets = 4096;

    private static readonly TimeSpan PatienceWithStartingApps = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, InvocationTarget> _endpoints = endpoints.ToFrozenDictionary(static endpoint => endpoint.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InvocationTarget> _targets = new(StringComparer.Ordinal);
    private readonly HttpMessageInvoker _outside = new(HttpHandlers.Create());

    /// <summary>Finds whom a name means: an app, an HTTPEndpoint or a URL.</summary>
    public InvocationTarget FindTarget(ReadOnlySpan<char> name)
    {
        if (_targets.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
        {
            return known;
        }

        var target = CreateTarget(name.ToString());
        if (_targets.Count < MostKeptTargets)
        {
            _targets.TryAdd(name.ToString(), target);
        }

        return target;
    }

    /// <summary>Sends a request to the target under its policies; the answer's body streams.</summary>
    /// <exception cref="DaprException">The target is unknown or did not answer.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardedAnswer> InvokeAsync(InvocationTarget target, IInvocationRequest request, CancellationToken cancellationToken)
    {
        var began = target.Meter is null ? 0 : Stopwatch.GetTimestamp();
        target.Meter?.Sent();
        try
        {
            var answer = target.Pipeline is null
                ? await SendAsync(target, request, cancellationToken).ConfigureAwait(false)
                : await target.Pipeline.ExecuteAsync(
                    static async (state, token) => await state.Invoker.SendAsync(state.Target, state.Request, token).ConfigureAwait(false),
                    (Invoker: this, Target: target, Request: request),
                    cancellationToken).ConfigureAwait(false);
            target.Meter?.Answered(answer.StatusCode, began);
            return answer;
        }
        catch (Exception exception) when (exception is AppUnreachableException or PeerUnreachableException or HttpRequestException or BrokenCircuitException or TimeoutRejectedException)
        {
            throw Failed(target.Name, exception.Message, exception);
        }
    }

    /// <summary>Sends a request that another sidecar forwarded to this sidecar's own app; the policies were the other sidecar's.</summary>
    /// <param name="app">This sidecar's app.</param>
    /// <param name="request">What was forwarded.</param>
    /// <param name="caller">The calling app.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <exception cref="DaprException">The app did not answer.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardedAnswer> InvokeDirectAsync(AppChannelBase app, IInvocationRequest request, string caller, CancellationToken cancellationToken)
    {
        try
        {
            await WaitForAppAsync(self.AppId, app, cancellationToken).ConfigureAwait(false);
            return await AppCall.SendAsync(app, request, AddedHeaders.None, caller, cancellationToken).ConfigureAwait(false);
        }
        catch (AppUnreachableException exception)
        {
            throw Failed(self.AppId, exception.Message, exception);
        }
    }

    /// <summary>Holds a call to this sidecar's own app against its list; the app itself may always.</summary>
    /// <exception cref="DaprException">The list does not allow it.</exception>
    public void EnsureAllowed(AccessControlList list, CallerIdentity caller, string pathAndQuery, string verb)
    {
        if (caller.AppId != self.AppId || caller.Namespace != self.Namespace)
        {
            EnsureAllowed(list, caller, self.AppId, pathAndQuery, verb);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _outside.Dispose();

    private InvocationTarget CreateTarget(string name)
    {
        if (_endpoints.TryGetValue(name, out var endpoint))
        {
            return endpoint;
        }

        if (name.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || name.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.TryCreate(name, UriKind.Absolute, out _)
                ? Create(name, null, name.TrimEnd('/'))
                : throw Failed(name, "it is not a URL");
        }

        return name.Split('.') switch
        {
            [var id] => Create(id, options.Namespace, null),
            [var id, var appNamespace] => Create(id, appNamespace, null),
            _ => throw Failed(name, "an app ID with its namespace is written app.namespace"),
        };
    }

    private InvocationTarget Create(string name, string? appNamespace, string? baseUrl)
    {
        var policy = policies.Find(TargetKind.App, name);
        return new InvocationTarget
        {
            Name = name,
            Namespace = appNamespace,
            BaseUrl = baseUrl,
            Pipeline = InvocationTarget.PipelineOf(policy),
            ProxyPipeline = InvocationTarget.ProxyPipelineOf(policy),
            MayRepeat = policy?.MayRepeat ?? false,
            Caller = baseUrl is null ? CallerOf(name) : AddedHeaders.None,
            PeerCaller = baseUrl is null ? CallerOf(name).And(PeerChannel.TokenHeader, peers.Token) : AddedHeaders.None,
            Meter = baseUrl is null ? metrics?.Invocation.To(name) : null,
        };
    }

    private ValueTask<ForwardedAnswer> SendAsync(InvocationTarget target, IInvocationRequest request, CancellationToken cancellationToken)
    {
        if (target.BaseUrl is { } baseUrl)
        {
            return SendOutsideAsync(target, baseUrl, request, cancellationToken);
        }

        return local.Find(target.Namespace!, target.Name) switch
        {
            null => SendToPeerAsync(target, request, cancellationToken),
            { PipelineAddress: { } address } => SendToPeerAsync(target, address, request, cancellationToken),
            var app => SendToAppAsync(target, app, request, cancellationToken),
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardedAnswer> SendToAppAsync(InvocationTarget target, LocalApp app, IInvocationRequest request, CancellationToken cancellationToken)
    {
        var isSelf = IsSelf(target);
        if (!isSelf && app.AccessControl is { } list)
        {
            EnsureAllowed(list, self, target.Name, request.PathAndQuery, request.Method);
        }

        await WaitForAppAsync(target.Name, app.Channel, cancellationToken).ConfigureAwait(false);
        return await AppCall.SendAsync(app.Channel, request, isSelf ? AddedHeaders.None : target.Caller, self.AppId, cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardedAnswer> SendToPeerAsync(InvocationTarget target, IInvocationRequest request, CancellationToken cancellationToken)
    {
        var address = resolver is null ? null : await resolver.ResolveAsync(target.Name, target.Namespace!, cancellationToken).ConfigureAwait(false);
        return address is null
            ? throw Unknown(target)
            : await SendToPeerAsync(target, address, request, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<ForwardedAnswer> SendToPeerAsync(InvocationTarget target, string address, IInvocationRequest request, CancellationToken cancellationToken)
        => peers.ForwardAsync(
            address,
            "/invoke",
            request,
            request.DataType is { Length: > 0 } type ? target.Caller.And(CarriedAnswer.DataTypeHeader, type) : target.Caller,
            cancellationToken);

    private async ValueTask<ForwardedAnswer> SendOutsideAsync(InvocationTarget target, string baseUrl, IInvocationRequest request, CancellationToken cancellationToken)
    {
        var message = request.Create(HttpHandlers.CreateUri(baseUrl, request.PathAndQuery));
        foreach (var (name, value) in target.Headers)
        {
            message.Headers.Remove(name);
            message.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            return new(await _outside.SendAsync(message, cancellationToken).ConfigureAwait(false));
        }
        catch (HttpRequestException exception)
        {
            HttpHandlers.RethrowIfRefused(exception);
            throw;
        }
    }

    /// <summary>An app that starts (or starts again) is waited for a little; one that is up but ill is not called.</summary>
    private async ValueTask WaitForAppAsync(string name, AppChannelBase channel, CancellationToken cancellationToken)
    {
        if (channel.IsHealthy)
        {
            return;
        }

        if (channel.Monitor.IsIll)
        {
            throw new AppUnreachableException($"app '{name}' is not in a healthy state");
        }

        try
        {
            await channel.WaitUntilHealthyAsync(cancellationToken).WaitAsync(PatienceWithStartingApps, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new AppUnreachableException($"app '{name}' does not listen on its port", exception);
        }
    }

    private static void EnsureAllowed(AccessControlList list, CallerIdentity caller, string calleeAppId, string pathAndQuery, string verb)
    {
        if (!list.Allows(caller, pathAndQuery, verb))
        {
            var path = pathAndQuery.Split('?', 2)[0];
            throw Failed(calleeAppId, $"access control policy has denied access to id: {caller} operation: {path} verb: {verb}", status: 403);
        }
    }

    private AddedHeaders CallerOf(string callee)
    {
        (string, string)[] headers = [(InvocationHeaders.CallerAppId, options.AppId), (InvocationHeaders.CallerNamespace, options.Namespace), (InvocationHeaders.CalleeAppId, callee)];
        return new AddedHeaders(self.TrustDomain is AccessControlSettings.DefaultTrustDomain ? headers : [.. headers, (InvocationHeaders.CallerTrustDomain, self.TrustDomain)]);
    }

    private bool IsSelf(InvocationTarget target) => target.Name == options.AppId && target.Namespace == options.Namespace;

    private static DaprException Unknown(InvocationTarget target)
        => Failed(target.Name, $"no sidecar of app '{target.Name}' is known in namespace '{target.Namespace}'");

    private static DaprException Failed(string name, string reason, Exception? exception = null, int status = 500)
        => new(new DaprError(status, "ERR_DIRECT_INVOKE", $"failed to invoke '{name}': {reason}"), exception);
}
