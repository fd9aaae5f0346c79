using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Middleware.Uppercase;

/// <summary><c>middleware.http.uppercase</c>: turns bodies into capital letters; for trying out a pipeline.</summary>
internal sealed class UppercaseMiddleware(bool requests, bool responses) : IMiddleware
{
    public static UppercaseMiddleware Create(ComponentContext context) => context.Metadata.GetString("direction")?.ToUpperInvariant() switch
    {
        null or "REQUEST" => new UppercaseMiddleware(requests: true, responses: false),
        "RESPONSE" => new UppercaseMiddleware(requests: false, responses: true),
        "BOTH" => new UppercaseMiddleware(requests: true, responses: true),
        _ => throw new ComponentMetadataException("direction", "must be request, response or both"),
    };

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (requests && context.Request.ContentLength is not 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is not false)
        {
            // In capitals a text may be longer or shorter.
            context.Request.ContentLength = null;
            context.Request.Body = new UppercaseReader(context.Request.Body);
        }

        return responses ? AnswerAsync(context, next) : next(context);
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var kept = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var writer = new UppercaseWriter(kept.Stream);
        await using var disposal = writer.ConfigureAwait(false);
        var feature = new StreamResponseBodyFeature(writer, kept);
        context.Features.Set<IHttpResponseBodyFeature>(feature);
        context.Response.OnStarting(
            static response =>
            {
                ((HttpResponse)response).ContentLength = null;
                return Task.CompletedTask;
            },
            context.Response);
        try
        {
            await next(context).ConfigureAwait(false);
            await feature.Writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            await writer.CompleteAsync(context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set(kept);
        }
    }
}
