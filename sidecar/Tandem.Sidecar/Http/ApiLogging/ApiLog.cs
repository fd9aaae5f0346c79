using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Components.Middleware;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Http.ApiLogging;

/// <summary>One line for each call of the API, with Dapr's fields: nothing of what the call carries.</summary>
internal sealed partial class ApiLog(ApiLoggingSettings settings, ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("dapr.runtime.http-info");

    public void Write(HttpContext context, long size, TimeSpan duration)
    {
        var target = RequestTarget.Get(context);
        var path = RequestTarget.PathOf(target);
        if (settings.OmitHealthChecks && ApiName.IsHealth(path))
        {
            return;
        }

        var method = settings.ObfuscateUrls ? ApiName.Find(context.Request.Method, path) : $"{context.Request.Method} {path}";
        var userAgent = context.Request.Headers.UserAgent.ToString();
        if (userAgent.Length > 0)
        {
            Log.Called(_logger, method, userAgent, context.Response.StatusCode, size, (long)duration.TotalMilliseconds);
        }
        else
        {
            Log.CalledByNobody(_logger, method, context.Response.StatusCode, size, (long)duration.TotalMilliseconds);
        }
    }

    // The values are fields of the line, beside its message.
#pragma warning disable SYSLIB1015
    private static partial class Log
    {
        [LoggerMessage(1004, LogLevel.Information, "HTTP API Called")]
        public static partial void Called(ILogger logger, string method, string useragent, int code, long size, long duration);

        [LoggerMessage(1005, LogLevel.Information, "HTTP API Called")]
        public static partial void CalledByNobody(ILogger logger, string method, int code, long size, long duration);
    }
#pragma warning restore SYSLIB1015
}
