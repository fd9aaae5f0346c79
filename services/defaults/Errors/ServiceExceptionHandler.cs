using System.Data.Common;
using System.Text.Json;
using Dapr;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Turns what no endpoint expected into the right status: bad input 400, a dependency that is down 503, the rest 500.</summary>
internal sealed partial class ServiceExceptionHandler(ILogger<ServiceExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more, and a client that goes is no error of ours.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var result = Describe(exception);
        if (result.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            // As it came, so that what a client wrote into it stays one line.
            Log.Unhandled(logger, exception, httpContext.Request.Method, httpContext.Request.Path.ToUriComponent());
        }

        await httpContext.WriteProblemAsync(result);
        return true;
    }

    /// <summary>What a client is told of an exception.</summary>
    internal static ProblemHttpResult Describe(Exception exception) => exception switch
    {
        BadHttpRequestException bad => OfBadRequest(bad),
        DaprException or HttpRequestException or TimeoutException => Problems.Unavailable("A service that is needed for this does not answer."),
        DbException database when PostgreSqlEngine.IsAway(database) => Problems.Unavailable("The database that is needed for this does not answer."),
        _ => Problems.Of(StatusCodes.Status500InternalServerError, "Something went wrong on our side."),
    };

    private static ProblemHttpResult OfBadRequest(BadHttpRequestException exception)
    {
        if (exception.InnerException is JsonException json)
        {
            var field = json.Path is { Length: > 2 } path ? path[2..] : "body";
            return Problems.Validation(field, "The value is not valid JSON of the expected kind.");
        }

        return Problems.Of(exception.StatusCode, exception.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed")]
        public static partial void Unhandled(ILogger logger, Exception exception, string method, string path);
    }
}
