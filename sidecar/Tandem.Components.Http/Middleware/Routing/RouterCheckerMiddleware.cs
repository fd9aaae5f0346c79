using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Metadata;
using Tandem.Components.Middleware;

namespace Tandem.Components.Http.Middleware.Routing;

/// <summary><c>middleware.http.routerchecker</c>: only requests whose path and query match a rule pass.</summary>
internal sealed class RouterCheckerMiddleware(Regex rule) : IMiddleware
{
    public static RouterCheckerMiddleware Create(ComponentContext context)
    {
        const string Field = "rule";
        try
        {
            return new RouterCheckerMiddleware(GoRegex.Create(context.Metadata.GetRequiredString(Field)));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ComponentMetadataException(Field, $"is not a regular expression that can be used: {exception.Message}", exception);
        }
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
        => rule.IsMatch(RequestTarget.Get(context)) ? next(context) : PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid router");
}
