using System.Globalization;
using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>Turns requests away at once while their service's circuit is open.</summary>
internal sealed class CircuitBreakerMiddleware(RequestDelegate next, ServiceCircuits circuits)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (circuits.Find(context.GetReverseProxyFeature().Cluster.Config.ClusterId) is not { } circuit)
        {
            await next(context);
            return;
        }

        var forwarding = Task.CompletedTask;
        var wait = await circuit.CallAsync(
            async () =>
            {
                // A service has answered when its headers are there: an event stream may go on for hours after that.
                var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                context.Response.OnStarting(
                    static state =>
                    {
                        ((TaskCompletionSource)state).TrySetResult();
                        return Task.CompletedTask;
                    },
                    started);
                forwarding = next(context);
                await Task.WhenAny(forwarding, started.Task);
                return forwarding.IsFaulted || context.RequestAborted.IsCancellationRequested || context.Response.StatusCode < StatusCodes.Status500InternalServerError;
            },
            context.RequestAborted);
        await forwarding;
        if (wait is { } patience)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(patience.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await Problems.Of(StatusCodes.Status503ServiceUnavailable, $"The {circuit.Service} service has failed too often; it is left alone for a while.").ExecuteAsync(context);
        }
    }
}
