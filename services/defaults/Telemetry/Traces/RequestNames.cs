using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Tandem.ServiceDefaults;

/// <summary>Names the spans of requests by method and route, as OpenTelemetry wants it: ASP.NET Core's own all have one name, and a path would be one of endlessly many.</summary>
internal static class RequestNames
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { Recorded: true } activity)
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
            activity.SetTag("http.route", route);
        }

        return next(context);
    }
}
