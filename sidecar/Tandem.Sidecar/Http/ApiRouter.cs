using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Components.Middleware;
using Tandem.Runtime.Errors;
using Tandem.Sidecar.Grpc.Proxy;
using Tandem.Sidecar.Hosting;
using Tandem.Sidecar.Http.Actors;
using Tandem.Sidecar.Http.Bindings;
using Tandem.Sidecar.Http.Configuration;
using Tandem.Sidecar.Http.Crypto;
using Tandem.Sidecar.Http.Health;
using Tandem.Sidecar.Http.Invocation;
using Tandem.Sidecar.Http.Jobs;
using Tandem.Sidecar.Http.Locks;
using Tandem.Sidecar.Http.Metadata;
using Tandem.Sidecar.Http.Metrics;
using Tandem.Sidecar.Http.PubSub;
using Tandem.Sidecar.Http.Secrets;
using Tandem.Sidecar.Http.Shutdown;
using Tandem.Sidecar.Http.State;
using Tandem.Sidecar.Http.Tracing;

namespace Tandem.Sidecar.Http;

/// <summary>
/// Finds the building block that a request is for: a hand-written match on the path's first segments, before anything else is looked at.
/// To add a building block, write a static class with <c>static Task HandleAsync(ApiRequest request)</c> in a folder of its own and
/// name it in <see cref="Find"/> (and, if other sidecars call it, in <see cref="FindInternal"/>). A handler that does not know the rest
/// of the path returns <see cref="NotFoundAsync"/>.
/// </summary>
internal static class ApiRouter
{
    private static readonly DaprError NoSuchApi = new(StatusCodes.Status404NotFound, "ERR_DIRECT_INVOKE", "no such API, and no app ID to invoke in the path or the dapr-app-id header");

    /// <summary>Answers one request.</summary>
    public static Task DispatchAsync(HttpContext http, Listener listener)
    {
        var target = RequestTarget.Get(http);
        var pathEnd = RequestTarget.PathEndOf(target);
        return listener.Kind switch
        {
            ListenerKind.Api => DispatchApiAsync(http, listener.Sidecar, target, pathEnd),
            ListenerKind.Internal => DispatchInternalAsync(http, listener.Sidecar, target, pathEnd),
            ListenerKind.Public => DispatchPublicAsync(http, listener.Sidecar, target, pathEnd),
            _ => target.AsSpan(0, pathEnd) is "/metrics" or "/" && HttpMethods.IsGet(http.Request.Method)
                ? MetricsEndpoints.HandleAsync(http, listener.Sidecar)
                : NotFoundAsync(http),
        };
    }

    /// <summary>404: what is no API is taken for an invocation of an app that nobody named.</summary>
    public static Task NotFoundAsync(HttpContext http) => ErrorWriter.WriteAsync(http, NoSuchApi);

    /// <summary>The end of the HTTP pipeline, whose handlers may have sent the request on to another path.</summary>
    public static Task RouteAsync(HttpContext http)
    {
        var target = RequestTarget.Get(http);
        var pathEnd = RequestTarget.PathEndOf(target);
        var isApi = TrySplit(target.AsSpan(0, pathEnd), out var isAlpha, out var block, out var offset);
        return Route(http, http.Features.GetRequiredFeature<Listener>().Sidecar, target, pathEnd, isApi ? block : [], offset, isAlpha);
    }

    private static Func<ApiRequest, Task>? Find(ReadOnlySpan<char> block) => block switch
    {
        "actors" => ActorEndpoints.HandleAsync,
        "invoke" => InvocationEndpoints.HandleAsync,
        "publish" => PublishEndpoints.HandleAsync,
        "state" => StateEndpoints.HandleAsync,
        "secrets" => SecretEndpoints.HandleAsync,
        "bindings" => BindingEndpoints.HandleAsync,
        "crypto" => CryptoEndpoints.HandleAsync,
        "configuration" => ConfigurationEndpoints.HandleAsync,
        "lock" => LockEndpoints.HandleLockAsync,
        "unlock" => LockEndpoints.HandleUnlockAsync,
        "jobs" => JobEndpoints.HandleAsync,
        "healthz" => HealthEndpoints.HandleAsync,
        "metadata" => MetadataEndpoints.HandleAsync,
        "shutdown" => ShutdownEndpoints.HandleAsync,
        _ => null,
    };

    private static Func<ApiRequest, Task>? FindInternal(ReadOnlySpan<char> block) => block switch
    {
        "actors" => ActorPeerEndpoints.HandleAsync,
        "invoke" => InvocationEndpoints.HandleInternalAsync,
        _ => null,
    };

    private static Task DispatchApiAsync(HttpContext http, SidecarInstance sidecar, string target, int pathEnd)
    {
        LimitBody(http, sidecar);
        var blocks = sidecar.Blocks;
        if (blocks.Cors is { } cors && cors.TryAnswer(http))
        {
            return Task.CompletedTask;
        }

        var isApi = TrySplit(target.AsSpan(0, pathEnd), out var isAlpha, out var block, out var offset);
        if (!blocks.Guard.HasToken(http, block))
        {
            return PlainAnswer.WriteAsync(http, StatusCodes.Status401Unauthorized, "invalid api token");
        }

        if (blocks.Tracing is { } tracing && ApiSpan.IsFor(block))
        {
            return ApiSpan.RunAsync(tracing, http, isApi ? block.ToString() : "", isApi ? target[offset..pathEnd] : target[..pathEnd], blocks.HttpPipeline ?? RouteAsync);
        }

        return blocks.HttpPipeline is { } pipeline ? pipeline(http) : Route(http, sidecar, target, pathEnd, isApi ? block : [], offset, isAlpha);
    }

    private static Task Route(HttpContext http, SidecarInstance sidecar, string target, int pathEnd, ReadOnlySpan<char> block, int offset, bool isAlpha)
    {
        var guard = sidecar.Blocks.Guard;
        if (Find(block) is { } handler && guard.Allows(block, target.AsSpan(offset, pathEnd - offset), isAlpha))
        {
            return handler(new ApiRequest(http, sidecar, target, offset, pathEnd, isAlpha));
        }

        return guard.Allows("invoke", [], isAlpha: false) ? InvocationEndpoints.HandleOtherPathAsync(http, sidecar, target) : NotFoundAsync(http);
    }

    private static Task DispatchPublicAsync(HttpContext http, SidecarInstance sidecar, string target, int pathEnd)
    {
        if (TrySplit(target.AsSpan(0, pathEnd), out var isAlpha, out var block, out var offset) && block is "healthz" or "metadata"
            && HttpMethods.IsGet(http.Request.Method))
        {
            return Find(block)!(new ApiRequest(http, sidecar, target, offset, pathEnd, isAlpha));
        }

        return NotFoundAsync(http);
    }

    /// <summary>Between sidecars the first segment is the building block; the rest is its own.</summary>
    private static Task DispatchInternalAsync(HttpContext http, SidecarInstance sidecar, string target, int pathEnd)
    {
        if (!sidecar.Host.PeerGuard.Admits(http))
        {
            return ErrorWriter.WriteAsync(http, new DaprError(StatusCodes.Status401Unauthorized, "ERR_PEER_TOKEN", "the caller is not a sidecar of this user (see TANDEM_HOME)"));
        }

        if (GrpcProxy.IsGrpc(http))
        {
            return GrpcProxy.HandleInternalAsync(http, sidecar);
        }

        LimitBody(http, sidecar);
        var end = target.AsSpan(1, pathEnd - 1).IndexOf('/');
        var blockEnd = end < 0 ? pathEnd : end + 1;
        return FindInternal(target.AsSpan(1, blockEnd - 1)) is { } handler
            ? handler(new ApiRequest(http, sidecar, target, Math.Min(blockEnd + 1, pathEnd), pathEnd, isAlpha: false))
            : NotFoundAsync(http);
    }

    /// <summary>Splits <c>/v1.0/state/store</c> into its version, <c>state</c>, and where <c>store</c> begins. Slashes may be doubled.</summary>
    internal static bool TrySplit(ReadOnlySpan<char> path, out bool isAlpha, out ReadOnlySpan<char> block, out int offset)
    {
        isAlpha = false;
        block = [];
        offset = 0;
        var at = SkipSlashes(path, 0);
        var version = SegmentAt(path, at);
        switch (version)
        {
            case "v1.0":
                break;
            case "v1.0-alpha1":
                isAlpha = true;
                break;
            default:
                return false;
        }

        at = SkipSlashes(path, at + version.Length);
        block = SegmentAt(path, at);
        offset = SkipSlashes(path, at + block.Length);
        return !block.IsEmpty;
    }

    /// <summary>A body that says that it is too large is not begun with; one that grows too large fails where it is read.</summary>
    private static void LimitBody(HttpContext http, SidecarInstance sidecar)
    {
        var limit = sidecar.Options.MaxBodySize;
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limit;
        if (http.Request.ContentLength > limit)
        {
            throw new DaprException(BodyReader.TooLarge(limit));
        }
    }

    private static int SkipSlashes(ReadOnlySpan<char> path, int at)
    {
        while (at < path.Length && path[at] == '/')
        {
            at++;
        }

        return at;
    }

    private static ReadOnlySpan<char> SegmentAt(ReadOnlySpan<char> path, int at)
    {
        var rest = path[at..];
        var end = rest.IndexOf('/');
        return end < 0 ? rest : rest[..end];
    }
}
