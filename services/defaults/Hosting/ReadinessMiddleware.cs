using Microsoft.AspNetCore.Http;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Lets requests wait while the service is starting, but for what is asked about the service itself: its start takes a second, and a client
/// that is turned away would ask again much later. One that has waited long enough is answered 503 with Retry-After.
/// </summary>
internal sealed class ReadinessMiddleware(RequestDelegate next, Readiness readiness, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
        => readiness.IsReady || OwnPaths.Contains(context.Request.Path) ? next(context) : InvokeWhenReadyAsync(context);

    private async Task InvokeWhenReadyAsync(HttpContext context)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        await readiness.WhenReadyAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (readiness.IsReady)
        {
            await next(context);
            return;
        }

        await context.WriteProblemAsync(Problems.Unavailable($"Starting: waiting for {string.Join(", ", readiness.Pending)}."));
    }
}
