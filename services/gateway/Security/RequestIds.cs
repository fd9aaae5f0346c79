using Tandem.ServiceDefaults;

namespace Tandem.Gateway;

/// <summary>X-Request-Id: kept when the client sent a sensible one, made otherwise; passed on, and part of the answer and of the logs.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";

    private const int Longest = 128;

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var given = context.Request.Headers[Header].ToString();
        var id = IsSensible(given) ? given : Ids.New();
        context.Request.Headers[Header] = id;
        context.TraceIdentifier = id;
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                context.Response.Headers[Header] = context.TraceIdentifier;
                return Task.CompletedTask;
            },
            context);

        var logger = context.RequestServices.GetRequiredService<ILogger<GatewayOptions>>();
        using (logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["RequestId"] = id }))
        {
            await next(context);
        }
    }

    private static bool IsSensible(string id)
        => id.Length is > 0 and <= Longest && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
