using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Metadata;
using Tandem.Components.Middleware;

namespace Tandem.Components.Http.Middleware.RateLimit;

/// <summary><c>middleware.http.ratelimit</c>: so many requests a second for each remote address and path.</summary>
internal sealed class RateLimitMiddleware(double perSecond, TimeProvider timeProvider) : IMiddleware
{
    private const string Field = "maxRequestsPerSecond";

    private readonly TokenBuckets<(string Address, string Path)> _buckets = new(perSecond, timeProvider);
    private readonly string _limit = perSecond.ToString(CultureInfo.InvariantCulture);

    public static RateLimitMiddleware Create(ComponentContext context)
    {
        var text = context.Metadata.GetString(Field) ?? "100";
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var perSecond) && perSecond > 0 && double.IsFinite(perSecond)
            ? new RateLimitMiddleware(perSecond, context.TimeProvider)
            : throw new ComponentMetadataException(Field, $"must be a number more than 0, not '{text}'");
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (_buckets.TryTake((address, context.Request.Path.Value ?? "/")))
        {
            return next(context);
        }

        context.Response.Headers["X-Rate-Limit-Limit"] = _limit;
        context.Response.Headers["X-Rate-Limit-Duration"] = "1";
        return PlainAnswer.WriteAsync(context, StatusCodes.Status429TooManyRequests, $"The limit of {_limit} requests a second is reached.");
    }
}
