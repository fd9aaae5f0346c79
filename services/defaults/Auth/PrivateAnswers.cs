using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Tandem.ServiceDefaults;

/// <summary>What is not for everybody is kept by no cache on the way, unless the endpoint says otherwise.</summary>
internal static class PrivateAnswers
{
    public static void UsePrivateAnswers(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            context.Response.OnStarting(
                static state =>
                {
                    var headers = ((HttpContext)state).Response.Headers;
                    if (headers.CacheControl.Count == 0)
                    {
                        headers[HeaderNames.CacheControl] = "no-store";
                    }

                    return Task.CompletedTask;
                },
                context);
        }

        return next(context);
    });
}
