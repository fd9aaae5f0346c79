namespace Tandem.Gateway;

/// <summary>What browsers must know about every answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>An answer of an API is no page: it loads nothing, runs nothing and stands in no frame.</summary>
    private const string ForAnswers = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                var headers = context.Response.Headers;

                headers.ContentSecurityPolicy = context.GetEndpoint()?.Metadata.GetMetadata<PagePolicy>()?.Value ?? ForAnswers;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
                if (context.Request.IsHttps)
                {
                    headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
                }

                return Task.CompletedTask;
            },
            context);
        return next(context);
    }

    /// <summary>On endpoints that are pages: what theirs may load and do.</summary>
    internal sealed record PagePolicy(string Value);
}
