using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Tandem.Sidecar.Grpc.ApiLogging;

/// <summary>One line for each call of the gRPC API, with Dapr's fields: nothing of what the call carries.</summary>
internal sealed partial class GrpcApiLog(ILoggerFactory loggerFactory)
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("dapr.runtime.grpc.api-info");

    public void Write(string method, string? userAgent, StatusCode status, TimeSpan duration)
    {
        if (string.IsNullOrEmpty(userAgent))
        {
            Log.CalledByNobody(_logger, method, (int)status, (long)duration.TotalMilliseconds);
        }
        else
        {
            Log.Called(_logger, method, userAgent, (int)status, (long)duration.TotalMilliseconds);
        }
    }

    // The values are fields of the line, beside its message.
#pragma warning disable SYSLIB1015
    private static partial class Log
    {
        [LoggerMessage(1006, LogLevel.Information, "gRPC API Called")]
        public static partial void Called(ILogger logger, string method, string useragent, int code, long duration);

        [LoggerMessage(1007, LogLevel.Information, "gRPC API Called")]
        public static partial void CalledByNobody(ILogger logger, string method, int code, long duration);
    }
#pragma warning restore SYSLIB1015
}
