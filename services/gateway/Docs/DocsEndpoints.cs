namespace Tandem.Gateway;

/// <summary>/docs: a page on which people read and try what /openapi/v1.json says. All of it comes from here; it needs no other server.</summary>
internal static class DocsEndpoints
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        ["index.html"] = "text/html; charset=utf-8",
        ["docs.css"] = "text/css; charset=utf-8",
        ["docs.js"] = "text/javascript; charset=utf-8",
        ["model.js"] = "text/javascript; charset=utf-8",
        ["tryout.js"] = "text/javascript; charset=utf-8",
    };

    public static IEndpointRouteBuilder MapDocs(this IEndpointRouteBuilder routes)
    {
        var docs = routes.MapGroup("/docs")
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithMetadata(new SecurityHeaders.PagePolicy(ContentPolicy), SharedReads.Marker.Instance);
        docs.MapGet("/", static () => Read("index.html"));
        docs.MapGet("/{file}", static (string file) => Read(file));
        return routes;
    }

    private static IResult Read(string file)
        => ContentTypes.TryGetValue(file, out var contentType)
            ? TypedResults.Stream(typeof(DocsEndpoints).Assembly.GetManifestResourceStream($"docs/{file}")!, contentType)
            : TypedResults.NotFound();
}
