using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Images;

/// <summary>Pictures: anyone looks, admins hang them up.</summary>
internal static class ImageEndpoints
{
    private const int LargestImage = 1024 * 1024;

    public static IServiceCollection AddImages(this IServiceCollection services) => services.AddSingleton<ImageStore>();

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/products/{id:int}/image").WithTags("Images");
        images.MapGet("/", GetAsync).AllowAnonymous().Produces<Stream>(StatusCodes.Status200OK, ImageKind.All[0], ImageKind.All[1..])
            .Produces(StatusCodes.Status304NotModified)
            .Describe("A product's picture: its own, or one that is drawn for it");
        images.MapPut("/", PutAsync).RequireAuthorization(Policies.Admin).DescribeBody(ImageKind.All)
            .Describe("Replaces a product's picture", StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetAsync(
        int id, HttpContext context, ImageStore images, CancellationToken cancellationToken)
    {
        if (await images.FindAsync(id, cancellationToken) is not { } image)
        {
            return Problems.NotFound("Product", id);
        }

        // What an SVG could still try is stopped by the browser, even when it is opened as a page of its own.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "public, max-age=300";
        return image is { File: { } file, Type: { } type }
            ? TypedResults.Bytes(await images.ReadAsync(file, cancellationToken), type, entityTag: Tag(file))
            : TypedResults.Bytes(
                DrawnPicture.Draw(image.Name, image.Category),
                DrawnPicture.ContentType,
                entityTag: Tag(DrawnPicture.TagOf(image.Name, image.Category)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        int id, HttpRequest request, ImageStore images, CancellationToken cancellationToken)
    {
        if (await images.FindAsync(id, cancellationToken) is not { } before)
        {
            return Problems.NotFound("Product", id);
        }

        if (await ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "A picture may have up to 1 MiB.");
        }

        if (ImageKind.Detect(bytes) is not { } type)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Expected a PNG, JPEG, WebP or (without scripts and links) SVG picture.");
        }

        await images.SaveAsync(id, before, bytes, type, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>The body, or nothing when it is too large; no more than the limit is ever held.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestImage)
        {
            return null;
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > LargestImage)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static EntityTagHeaderValue Tag(string value) => new($"\"{value}\"");
}
