using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>Limits what each client asks of the API and of /admin: a signed-in user is a client wherever from, anybody else is one by address.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, RateLimitOptions options, GatewayMetrics metrics)
{
    private static readonly string[] Limited = ["/api", "/admin"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (!options.Enabled || !Array.Exists(Limited, prefix => context.Request.Path.StartsWithSegments(prefix)))
        {
            await next(context);
            return;
        }

        // Asked here and not taken from the pipeline: those who are turned away for their token are counted as well.
        var authentication = await context.AuthenticateAsync();
        var decision = limiter.Take(authentication.Principal?.FindUserId() is { } user ? $"user {user}" : $"address {context.Connection.RemoteIpAddress}");
        context.Response.OnStarting(
            static state =>
            {
                var (response, decision, requests) = ((HttpResponse, RateLimiter.Decision, int))state;
                response.Headers["X-RateLimit-Limit"] = Text(requests);
                response.Headers["X-RateLimit-Remaining"] = Text(decision.Remaining);
                response.Headers["X-RateLimit-Reset"] = Text(Seconds(decision.Reset));
                return Task.CompletedTask;
            },
            (context.Response, decision, options.Requests));
        if (decision.Allowed)
        {
            await next(context);
            return;
        }

        metrics.RateLimited();
        context.Response.Headers.RetryAfter = Text(Math.Max(1, Seconds(decision.RetryAfter)));
        await Problems.Of(StatusCodes.Status429TooManyRequests, "Too many requests; slow down.").ExecuteAsync(context);
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
