using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Says how each request ended, but for those about the service itself: with LOG_LEVEL=debug. Queries stay out: they may say more than a log should.</summary>
internal sealed partial class RequestLogMiddleware(RequestDelegate next, TimeProvider time, ILogger<RequestLogMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
        => logger.IsEnabled(LogLevel.Debug) && !OwnPaths.Contains(context.Request.Path) ? InvokeAndLogAsync(context) : next(context);

    private async Task InvokeAndLogAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Log.Answered(logger, context.Request.Method, context.Request.Path, context.Response.StatusCode, time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5013, LogLevel.Debug, "{Method} {Path} answered {Status} after {Milliseconds:0.0} ms")]
        public static partial void Answered(ILogger logger, string method, string path, int status, double milliseconds);
    }
}
