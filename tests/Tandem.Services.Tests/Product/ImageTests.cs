using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using Tandem.Product.Images;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

public sealed class ImageTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];

    [Fact]
    public async Task Get_OfEverySeededProduct_IsADrawingOfItsOwn()
    {
        using var client = application.CreateAnonymousClient();
        var page = await client.GetAsync("/products?pageSize=100&category=Garden", HttpStatusCode.OK);
        HashSet<string> seen = [];

        foreach (var product in page.GetProperty("items").EnumerateArray())
        {
            using var response = await client.GetAsync(Http.At(product.Text("imageUrl")["/api".Length..]));

            Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.MediaType);
            var svg = await response.Content.ReadAsStringAsync();
            Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
            Assert.DoesNotContain("http", svg.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.True(seen.Add(svg));
        }

        Assert.True(seen.Count >= 10);
    }

    [Fact]
    public async Task Put_ThenGet_GivesTheBytesBack()
    {
        var id = await application.AddProductAsync(1);

        await PutAsync(id, Png, HttpStatusCode.NoContent);
        var (bytes, type, tag) = await GetAsync(id);
        await PutAsync(id, Jpeg, HttpStatusCode.NoContent);
        var (newBytes, newType, newTag) = await GetAsync(id);

        Assert.Equal(Png, bytes);
        Assert.Equal(Jpeg, newBytes);
        Assert.Equal("image/png", type);
        Assert.Equal("image/jpeg", newType);
        Assert.NotEqual(tag, newTag);
        Assert.Single(application.Sidecar.Files, file => file.Key.File.StartsWith($"{id}-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_OfEachKind_IsGivenBackWithItsType()
    {
        var id = await application.AddProductAsync(1);
        byte[] webp = [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBPVP8 "u8, 1];
        byte[] svg = [.. "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8];

        foreach (var (bytes, type) in ((byte[], string)[])[(Png, "image/png"), (Jpeg, "image/jpeg"), (webp, "image/webp"), (svg, "image/svg+xml")])
        {
            await PutAsync(id, bytes, HttpStatusCode.NoContent);
            var (given, givenType, _) = await GetAsync(id);
            Assert.Equal(bytes, given);
            Assert.Equal(type, givenType);
        }

        await PutAsync(id, [.. "GIF89a"u8, 1, 2, 3], HttpStatusCode.UnsupportedMediaType);
        await PutAsync(id, [], HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("image/svg+xml", (await GetAsync(id)).Type);
    }

    [Fact]
    public async Task Put_ByAnybodyButAnAdmin_IsRefused()
    {
        using var customer = application.CreateClient(ServiceDefaults.Ids.New());
        using var nobody = application.CreateAnonymousClient();

        using var forbidden = await customer.PutAsync(Http.At("/products/1/image"), new ByteArrayContent(Png));
        using var unknown = await nobody.PutAsync(Http.At("/products/1/image"), new ByteArrayContent(Png));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized), (forbidden.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task Delete_OfAProduct_TakesItsPictureAlong()
    {
        var id = await application.AddProductAsync(1);
        await PutAsync(id, Png, HttpStatusCode.NoContent);
        Assert.Single(application.Sidecar.Files, file => file.Key.File.StartsWith($"{id}-", StringComparison.Ordinal));
        using var admin = application.CreateAdminClient();

        await admin.DeleteAsync($"/products/{id}", HttpStatusCode.NoContent);

        Assert.DoesNotContain(application.Sidecar.Files, file => file.Key.File.StartsWith($"{id}-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_WithTheTagItHad_Is304()
    {
        using var client = application.CreateAnonymousClient();
        using var first = await client.GetAsync(Http.At("/products/1/image"));
        using var request = new HttpRequestMessage(HttpMethod.Get, Http.At("/products/1/image"));
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Put_TooLarge_Is413()
    {
        var bytes = new byte[(1024 * 1024) + 1];
        Png.CopyTo(bytes, 0);

        await PutAsync(1, bytes, HttpStatusCode.RequestEntityTooLarge);
        await PutAsync(1, bytes[..^1], HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Put_OfUnknownProduct_Is404() => await PutAsync(999999, Png, HttpStatusCode.NotFound);

    [Fact]
    public async Task Put_WhileStorageIsDown_Is503AndTheOldPictureStays()
    {
        var id = await application.AddProductAsync(1);
        await PutAsync(id, Png, HttpStatusCode.NoContent);

        application.Sidecar.AreBindingsDown = true;
        try
        {
            await PutAsync(id, Jpeg, HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            application.Sidecar.AreBindingsDown = false;
        }

        Assert.Equal(Png, (await GetAsync(id)).Bytes);
    }

    [Theory]
    [InlineData("GIF89a....", null)]
    [InlineData("<html></html>", null)]
    [InlineData("", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"1\" height=\"1\"/></svg>", "image/svg+xml")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- hello -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><foreignObject/></svg>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"https://example.com/x.png\"/></svg>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><use href=\"#a\"/></svg>", "image/svg+xml")]
    [InlineData("<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&a;</svg>", null)]
    [InlineData("<svg/>", null)]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\">", null)]
    public void Detect_ByContent_TakesOnlyHarmlessPictures(string content, string? expected)
        => Assert.Equal(expected, ImageKind.Detect(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void Draw_NameWithMarkup_StaysText()
    {
        var svg = XDocument.Parse(Encoding.UTF8.GetString(DrawnPicture.Draw("<script>\"x\" & y", "Anything")));

        Assert.DoesNotContain(svg.Descendants(), static element => element.Name.LocalName == "script");
        Assert.NotNull(ImageKind.Detect(DrawnPicture.Draw("<script>", "Home")));
    }

    private async Task PutAsync(int id, byte[] bytes, HttpStatusCode expected)
    {
        using var admin = application.CreateAdminClient();
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await admin.PutAsync(Http.At($"/products/{id}/image"), content);
        Assert.Equal(expected, response.StatusCode);
    }

    private async Task<(byte[] Bytes, string? Type, string? Tag)> GetAsync(int id)
    {
        using var client = application.CreateAnonymousClient();
        using var response = await client.GetAsync(Http.At($"/products/{id}/image"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        return (await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentType?.MediaType, response.Headers.ETag?.Tag);
    }
}
