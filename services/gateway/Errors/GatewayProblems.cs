using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;
using Yarp.ReverseProxy.Model;

namespace Tandem.Gateway;

/// <summary>What the gateway says when a service does not.</summary>
internal static class GatewayProblems
{
    private const string RetryAfterSeconds = "2";

    /// <summary>503: nobody answers there.</summary>
    public static ProblemHttpResult Unreachable(HttpContext context)
        => Of(context, StatusCodes.Status503ServiceUnavailable, $"The {ServiceOf(context)} service does not answer.");

    /// <summary>502: what came back was no answer.</summary>
    public static ProblemHttpResult Broken(HttpContext context)
        => Of(context, StatusCodes.Status502BadGateway, $"The {ServiceOf(context)} service broke off its answer.");

    /// <summary>504: it took too long.</summary>
    public static ProblemHttpResult TimedOut(HttpContext context)
        => Of(context, StatusCodes.Status504GatewayTimeout, $"The {ServiceOf(context)} service took too long.");

    /// <summary>413: more than a client may send.</summary>
    public static ProblemHttpResult TooLarge()
        => Problems.Of(StatusCodes.Status413PayloadTooLarge, $"A request's body may have {BodyLimit.Bytes} bytes at most.");

    private static ProblemHttpResult Of(HttpContext context, int status, string detail)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problems.Of(status, detail);
    }

    private static string ServiceOf(HttpContext context) => context.Features.Get<IReverseProxyFeature>()?.Cluster.Config.ClusterId ?? "requested";
}
