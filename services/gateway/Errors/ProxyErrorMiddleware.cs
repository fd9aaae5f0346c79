using System.Net.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.Gateway;

/// <summary>Explains, as problem details, why a request could not be passed on.</summary>
internal static partial class ProxyErrorMiddleware
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Features.Get<IForwarderErrorFeature>() is not { } failure)
        {
            return;
        }

        var logger = context.RequestServices.GetRequiredService<ILogger<GatewayOptions>>();
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        Log.Failed(logger, context.Request.Method, context.Request.Path.ToUriComponent(), failure.Error, failure.Exception?.Message);
        if (context.Response.HasStarted)
        {
            return;
        }

        var problem = failure switch
        {
            { Exception: BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } } => GatewayProblems.TooLarge(),
            { Exception.InnerException: BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } } => GatewayProblems.TooLarge(),
            { Error: ForwarderError.RequestTimedOut } => GatewayProblems.TimedOut(context),
            { Error: ForwarderError.NoAvailableDestinations } => GatewayProblems.Unreachable(context),
            { Error: ForwarderError.RequestBodyClient } => ServiceDefaults.Problems.Of(StatusCodes.Status400BadRequest, "The request's body could not be read."),
            { Exception: HttpRequestException { InnerException: SocketException } } => GatewayProblems.Unreachable(context),
            _ => GatewayProblems.Broken(context),
        };
        context.RequestServices.GetRequiredService<GatewayMetrics>().Failed(context.GetReverseProxyFeature().Cluster.Config.ClusterId, problem.StatusCode);
        await problem.ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(5501, LogLevel.Warning, "{Method} {Path} could not be passed on: {Error} ({Reason})")]
        public static partial void Failed(ILogger logger, string method, string path, ForwarderError error, string? reason);
    }
}
