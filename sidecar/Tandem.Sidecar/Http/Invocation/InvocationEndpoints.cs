using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Tandem.Components.Middleware;
using Tandem.Runtime.AccessControl;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Resources;
using Tandem.Sidecar.Hosting;

namespace Tandem.Sidecar.Http.Invocation;

/// <summary><c>/v1.0/invoke/{app}/method/{path}</c>, any path with a <c>dapr-app-id</c> header, and what other sidecars forward.</summary>
internal static class InvocationEndpoints
{
    private const string MethodSegment = "/method/";
    private const string BasicPrefix = "Basic ";

    /// <summary>Any verb.</summary>
    public static Task HandleAsync(ApiRequest request)
    {
        var tail = request.Tail;
        var end = tail.IndexOf(MethodSegment, StringComparison.Ordinal);
        var pathStart = request.Offset + end + MethodSegment.Length;
        if (end < 0 && tail.EndsWith("/method", StringComparison.Ordinal))
        {
            end = tail.Length - "/method".Length;
            pathStart = request.PathEnd;
        }

        if (end <= 0)
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        var name = tail[..end];
        if (name.Contains('%'))
        {
            name = PathReader.Unescape(name);
        }

        return InvokeAsync(request.Http, request.Sidecar, RepairUrl(name), string.Concat("/", request.Target.AsSpan(pathStart)));
    }

    /// <summary>A path that is no API's: the app that the headers name is invoked, if they name one.</summary>
    public static Task HandleOtherPathAsync(HttpContext http, SidecarInstance sidecar, string target)
        => FindAppId(http.Request.Headers) is { Length: > 0 } appId
            ? InvokeAsync(http, sidecar, appId, target)
            : ApiRouter.NotFoundAsync(http);

    /// <summary><c>/invoke/{path}</c> from another sidecar: to the app, if it may, through the app's pipeline, if it has one.</summary>
    public static Task HandleInternalAsync(ApiRequest request)
    {
        var (http, blocks) = (request.Http, request.Blocks);
        var target = string.Concat("/", request.Target.AsSpan(request.Offset));
        if (blocks.AccessControl is { } list)
        {
            blocks.Invoker.EnsureAllowed(list, CallerOf(http.Request.Headers), target, request.Method);
        }

        if (blocks.AppHttpPipeline is not { } pipeline)
        {
            return CallAppAsync(http, request.Sidecar, target);
        }

        RequestTarget.Set(http, target);
        return pipeline(http);
    }

    /// <summary>The end of the app's pipeline.</summary>
    public static Task CallAppAsync(HttpContext http) => CallAppAsync(http, http.Features.GetRequiredFeature<Listener>().Sidecar, RequestTarget.Get(http));

    private static async Task CallAppAsync(HttpContext http, SidecarInstance sidecar, string target)
    {
        var caller = http.Request.Headers[InvocationHeaders.CallerAppId].ToString();
        var forwarded = new ForwardedRequest(http, target, keepCaller: true, kept: null);
        var answer = await sidecar.Blocks.Invoker.InvokeDirectAsync(sidecar.App, forwarded, caller, http.RequestAborted).ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            await AnswerCopier.CopyAsync(answer, http, toPeer: true).ConfigureAwait(false);
        }
    }

    private static CallerIdentity CallerOf(IHeaderDictionary headers) => new(
        headers[InvocationHeaders.CallerAppId].ToString(),
        headers[InvocationHeaders.CallerNamespace].ToString(),
        headers.TryGetValue(InvocationHeaders.CallerTrustDomain, out var domain) ? domain.ToString() : AccessControlSettings.DefaultTrustDomain);

    private static Task InvokeAsync(HttpContext http, SidecarInstance sidecar, ReadOnlySpan<char> name, string pathAndQuery)
        => InvokeAsync(http, sidecar, sidecar.Blocks.Invoker.FindTarget(name), pathAndQuery);

    private static async Task InvokeAsync(HttpContext http, SidecarInstance sidecar, InvocationTarget target, string pathAndQuery)
    {
        if (http.Request.Headers.Upgrade is { Count: > 0 } upgrade && !IsH2c(upgrade))
        {
            throw new DaprException(new DaprError(501, "ERR_DIRECT_INVOKE", $"failed to invoke '{target.Name}': the protocol cannot be changed to '{upgrade}', only HTTP requests are passed on"));
        }

        string? traceParent = http.Request.Headers.TraceParent;
        var request = await ForwardedRequest.TakeAsync(http, pathAndQuery, target.MayRepeat).ConfigureAwait(false);
        var answer = await sidecar.Blocks.Invoker.InvokeAsync(target, request, http.RequestAborted).ConfigureAwait(false);
        await using (answer.ConfigureAwait(false))
        {
            if (traceParent is not null)
            {
                http.Response.Headers.TraceParent = traceParent;
            }

            await AnswerCopier.CopyAsync(answer, http).ConfigureAwait(false);
        }
    }

    /// <summary>A client that could also speak HTTP/2 says so, and is answered in HTTP/1.1.</summary>
    private static bool IsH2c(StringValues upgrade) => upgrade.Count == 1 && string.Equals(upgrade[0], "h2c", StringComparison.OrdinalIgnoreCase);

    /// <summary>A client or proxy that tidies paths makes one slash of two.</summary>
    private static ReadOnlySpan<char> RepairUrl(ReadOnlySpan<char> name)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http:/", "https:/"])
        {
            if (name.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && !name[scheme.Length..].StartsWith("/", StringComparison.Ordinal))
            {
                return string.Concat(scheme, "/", name[scheme.Length..]);
            }
        }

        return name;
    }

    private static string? FindAppId(IHeaderDictionary headers)
    {
        if (headers.TryGetValue("dapr-app-id", out var named))
        {
            return named;
        }

        var authorization = headers.Authorization.ToString();
        if (!authorization.StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[BasicPrefix.Length..].Trim(), buffer, out var written))
        {
            return null;
        }

        return Encoding.UTF8.GetString(buffer, 0, written).Split(':', 2) is ["dapr-app-id", var appId] ? appId : null;
    }
}
