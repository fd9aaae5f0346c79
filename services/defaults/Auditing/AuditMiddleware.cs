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
        int? status = null;
        try
        {
            await next(context);
            status = StatusOf(context);
        }
        catch (Exception exception)
        {
            // The answer is written further out; here it is only known what it will be.
            status = context.RequestAborted.IsCancellationRequested
                ? StatusCodes.Status499ClientClosedRequest
                : ServiceExceptionHandler.Describe(exception).StatusCode;
            throw;
        }
        finally
        {
            var traceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
            await log.WriteAsync(new AuditEntry(at, context.User.UserId(), action, TargetOf(context), status!.Value, traceId));
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

    /// <summary>A call of gRPC that failed is an answer 200 whose trailers say so.</summary>
    private static int StatusOf(HttpContext context)
    {
        var trailers = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseTrailersFeature>()?.Trailers;
        var grpc = trailers is not null && trailers.TryGetValue("grpc-status", out var trailer) ? trailer.ToString() : context.Response.Headers["grpc-status"].ToString();
        return grpc switch
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
    }

    /// <summary>The route's values, and what was made. They come from the client: one line, and not without end.</summary>
    private static string TargetOf(HttpContext context)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in context.Request.RouteValues)
        {
            Append(name, value as string);
        }

        Append("made", context.Response.Headers.Location.ToString());
        return text.Length <= LongestTarget ? text.ToString() : text.ToString(0, LongestTarget);

        void Append(string name, string? value)
        {
            if (string.IsNullOrEmpty(value))
            {
                return;
            }

            text.Append(text.Length > 0 ? " " : "").Append(name).Append('=');
            foreach (var c in value)
            {
                text.Append(char.IsControl(c) || char.IsWhiteSpace(c) || c == '=' ? '_' : c);
            }
        }
    }
}
