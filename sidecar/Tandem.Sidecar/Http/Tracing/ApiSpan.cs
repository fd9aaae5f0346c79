using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Middleware;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Tracing;

namespace Tandem.Sidecar.Http.Tracing;

/// <summary>The span of a request to the API. Whatever the request leads to gets the span as its parent, by the request's own header.</summary>
internal static class ApiSpan
{
    /// <summary>Whether a building block's requests have spans; probes have none.</summary>
    public static bool IsFor(ReadOnlySpan<char> block) => block is not ("healthz" or "metadata" or "shutdown");

    /// <summary>Answers a request within a span.</summary>
    /// <param name="block">The building block; empty for an invocation by header.</param>
    /// <param name="tail">The building block's own part of the path.</param>
    public static async Task RunAsync(TraceContext tracing, HttpContext http, string block, string tail, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        var path = RequestTarget.PathOf(RequestTarget.Get(http)).ToString();
        using var span = tracing.Start(path, ActivityKind.Client, headers.TraceParent, headers.TraceState);
        if (span is not null)
        {
            headers.TraceParent = span.Id;
        }

        if (span is { IsAllDataRequested: true })
        {
            SetTags(span, http, block, path, tail);
        }

        try
        {
            await next(http).ConfigureAwait(false);
            span?.SetOutcome(http.Response.StatusCode);
        }
        catch (DaprException exception)
        {
            span?.SetOutcome(exception.Error.Status);
            throw;
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }

    private static void SetTags(Activity span, HttpContext http, string block, string path, string tail)
    {
        var api = $"{http.Request.Method} {path}";
        span.SetTag("dapr.api", api);
        span.SetTag("dapr.protocol", "http");
        var parts = tail.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = parts.Length > 0 ? Uri.UnescapeDataString(parts[0]) : "";
        switch (block)
        {
            case "" or "invoke":
                span.SetTag("rpc.service", "ServiceInvocation");
                span.SetTag("net.peer.name", block.Length == 0 ? http.Request.Headers["dapr-app-id"].ToString() : name);
                span.SetTag("dapr.invoke_method", block.Length == 0 ? path : string.Join('/', parts.Skip(2)));
                break;
            case "actors" when parts.Length > 1:
                span.SetTag("rpc.service", "ServiceInvocation");
                span.SetTag("net.peer.name", $"{name}.{parts[1]}");
                span.SetTag("dapr.actor", $"{name}.{parts[1]}");
                break;
            case "publish" when parts.Length > 1:
                span.SetTag("messaging.system", "pubsub");
                span.SetTag("messaging.destination.kind", "topic");
                span.SetTag("messaging.destination.name", Uri.UnescapeDataString(parts[^1]));
                break;
            case "state" or "secrets" or "bindings" or "configuration" or "lock" or "unlock" or "crypto":
                span.SetTag("db.system", block);
                span.SetTag("db.name", name);
                span.SetTag("db.statement", api);
                span.SetTag("db.connection_string", block);
                break;
            default:
                break;
        }
    }
}
