using System.Diagnostics;
using System.Text;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Writes down every state-changing request that is made with the role admin, whatever becomes of it. It runs before authorization, so what an
/// admin was refused is there too.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditLog log, IOptions<AuditOptions> options, TimeProvider time)
{
    private const int LongestTarget = 200;

    public Task InvokeAsync(HttpContext context)
        => context.User.IsAdmin() && context.Request.Path.StartsWithSegments(options.Value.Under) && ActionOf(context) is { } action
            ? InvokeAuditedAsync(context, action)
            : next(context);

    private async Task InvokeAuditedAsync(HttpContext context, string action)
    {
        var at = time.GetUtcNow();
        var traceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        var isWritten = false;

        // Now: when something fails, the answer is written without them.
        var values = context.Request.RouteValues.Select(static value => (value.Key, value.Value as string)).ToList();

        // Before anybody hears of it: what is answered is written down.
        context.Response.OnStarting(() => WriteAsync(StatusOf(context)));
        try
        {
            await next(context);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                await WriteAsync(StatusCodes.Status499ClientClosedRequest);
            }
        }

        Task WriteAsync(int status)
        {
            if (isWritten)
            {
                return Task.CompletedTask;
            }

            isWritten = true;
            return log.WriteAsync(new AuditEntry(at, context.User.UserId(), action, TargetOf(values, context.Response), status, traceId));
        }
    }

    /// <summary>What is asked for; nothing when it changes nothing, or is no route.</summary>
    private static string? ActionOf(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return null;
        }

        if (endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { Method: { } method })
        {
            return IsReading(method.Name) ? null : method.FullName;
        }

        var verb = context.Request.Method;
        return HttpMethods.IsGet(verb) || HttpMethods.IsHead(verb) || HttpMethods.IsOptions(verb)
            ? null
            : $"{verb} /{endpoint.RoutePattern.RawText?.Trim('/')}";
    }

    private static bool IsReading(string method)
        => method.StartsWith("Get", StringComparison.Ordinal) || method.StartsWith("List", StringComparison.Ordinal);

    /// <summary>A call of gRPC that failed is an answer 200 whose head, with nothing behind it, says so.</summary>
    private static int StatusOf(HttpContext context)
        => context.Response.Headers["grpc-status"].ToString() switch
        {
            "" or "0" => context.Response.StatusCode,
            "16" => StatusCodes.Status401Unauthorized,
            "7" => StatusCodes.Status403Forbidden,
            "5" => StatusCodes.Status404NotFound,
            "6" or "9" or "10" => StatusCodes.Status409Conflict,
            "8" => StatusCodes.Status429TooManyRequests,
            "3" or "11" => StatusCodes.Status400BadRequest,
            "14" => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    /// <summary>The route's values, and what was made. They come from the client: one line, and not without end.</summary>
    private static string TargetOf(IReadOnlyList<(string Name, string? Value)> values, HttpResponse response)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in values.Append(("made", response.Headers.Location.ToString())))
        {
            if (string.IsNullOrEmpty(value))
            {
                continue;
            }

            text.Append(text.Length > 0 ? " " : "").Append(name).Append('=');
            foreach (var c in value)
            {
                text.Append(char.IsControl(c) || char.IsWhiteSpace(c) || c == '=' ? '_' : c);
            }
        }

        return text.Length <= LongestTarget ? text.ToString() : text.ToString(0, LongestTarget);
    }
}
