using Yarp.ReverseProxy.Transforms;

namespace Tandem.Gateway;

/// <summary>
/// Tells the sidecar's errors from the services': a service explains every error as problem details, so a server error in plain JSON is the
/// sidecar's word that the service cannot be reached, in a form that is none of the clients' business.
/// </summary>
internal static class SidecarAnswers
{
    public static async ValueTask TranslateAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is not { } answer || (int)answer.StatusCode < StatusCodes.Status500InternalServerError
            || answer.Content.Headers.ContentType?.MediaType is "application/problem+json")
        {
            return;
        }

        context.SuppressResponseBody = true;
        var response = context.HttpContext.Response;
        response.Headers.ContentLength = null;
        response.Headers.ContentType = default;
        response.Headers.ContentEncoding = default;
        var problem = answer.StatusCode == System.Net.HttpStatusCode.GatewayTimeout
            ? GatewayProblems.TimedOut(context.HttpContext)
            : GatewayProblems.Unreachable(context.HttpContext);
        context.HttpContext.RequestServices.GetRequiredService<GatewayMetrics>()
            .Failed(context.HttpContext.GetReverseProxyFeature().Cluster.Config.ClusterId, problem.StatusCode);
        await problem.ExecuteAsync(context.HttpContext);
    }
}
