using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tandem.Gateway;

/// <summary>How much a client may send.</summary>
internal static class BodyLimit
{
    public const long Bytes = 1024 * 1024;

    public static void Configure(KestrelServerOptions options) => options.Limits.MaxRequestBodySize = Bytes;

    /// <summary>Turns a body away by its announced length; one of unknown length is cut off where the limit is.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
        => context.Request.ContentLength > Bytes ? GatewayProblems.TooLarge().ExecuteAsync(context) : next(context);
}
