using System.Net;
using System.Net.Http.Headers;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Tandem.Gateway;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Product;

namespace Tandem.Services.Tests.Security;

/// <summary>No request chooses a file, and none an address that a service would go to.</summary>
[Collection(nameof(SecuredMesh))]
public sealed partial class FilesAndAddressesTests(SecuredMesh mesh)
{
    /// <summary>A product's picture elsewhere: kept and given to browsers, never fetched by a service.</summary>
    private static readonly string[] GivenToBrowsers = ["imageUrl"];

    [Theory]
    [InlineData("/products/..%2f..%2fetc%2fpasswd/image")]
    [InlineData("/products/1%2f..%2f..%2fsecret/image")]
    [InlineData("/products/%2e%2e/%2e%2e/image")]
    [InlineData("/products/1;..%5c..%5c/image")]
    public async Task Image_ByAPathThatClimbs_IsNotFound(string path)
    {
        var service = mesh["product"];
        using var admin = service.ClientOf(service.AdminToken);

        using var read = await admin.GetAsync(Http.At(path));
        using var content = new ByteArrayContent([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        using var written = await admin.PutAsync(Http.At(path), content);

        Assert.InRange((int)read.StatusCode, 400, 405);
        Assert.InRange((int)written.StatusCode, 400, 405);
    }

    [Theory]
    [InlineData("/api/orders/..%2f..%2fevents%2forder-events")]
    [InlineData("/api/orders/%2e%2e%2fevents/order-events")]
    [InlineData("/api/orders/..;/events/order-events")]
    [InlineData("/api/orders/..%5c..%5cevents")]
    [InlineData("/api/orders//events/order-events")]
    public async Task Gateway_ByAPathThatClimbs_StaysUnderItsRoute(string path)
    {
        List<string> seen = [];
        await using var destination = await Gateway.Destination.StartAsync("order", context =>
        {
            seen.Add(context.Request.Path.Value!);
            return Task.CompletedTask;
        });
        await using var gateway = new ServiceApplication<GatewayService>();
        gateway.With("RATE_LIMIT_ENABLED", "false").With("ORDER_SERVICE_URLS", destination.Url);
        await gateway.StartAsync();
        using var client = gateway.CreateClient("u-1");

        using var response = await client.PostAsync(Http.At(path), content: null);

        Assert.True((int)response.StatusCode < 500, response.StatusCode.ToString());
        Assert.All(seen, static path => Assert.StartsWith("/orders/", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Image_Uploaded_IsKeptUnderANameOfTheServicesOwn()
    {
        await using var application = new ProductApplication();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        using var content = new ByteArrayContent([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0]);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "../../../../tmp/picture.png" };

        using var response = await admin.PutAsync(Http.At("/products/1/image?fileName=../../x"), content);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var file = Assert.Single(application.Sidecar.Files).Key;
        Assert.Equal("images", file.Binding);
        Assert.Matches(@"^1-[0-9a-f-]{36}\.png$", file.File);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryRequest_HasNoFieldForAnAddress(string name)
    {
        var fields = (await OpenApiDocument.OfAsync(mesh[name])).RequestFields.ToList();

        var addresses = fields
            .Where(static field => AddressName().IsMatch(field.Name) || (field.Schema.TryGetProperty("format", out var format) && format.GetString() is "uri" or "uri-reference" or "hostname" or "ipv4"))
            .Select(static field => field.Name);

        Assert.True(fields.Count > 0 || name == "analytics", "The document describes no request.");
        Assert.Empty(addresses.Except(GivenToBrowsers, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Product_WithAPictureElsewhere_IsNotFetched()
    {
        await using var elsewhere = await Gateway.Destination.StartAsync("elsewhere", static _ => throw new InvalidOperationException("fetched"));
        await using var application = new ProductApplication();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();

        var product = await admin.PostAsync("/products", new { name = "Lamp", price = 5, category = "c", imageUrl = $"{elsewhere.Url}/latest/meta-data" }, HttpStatusCode.Created);
        using var picture = await admin.GetAsync(Http.At($"/products/{product.Number("id")}/image"));

        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(application.Sidecar.Invoked, static request => request.AppId != "identity");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("//elsewhere.example/x")]
    public async Task Product_WithAPictureThatIsNoAddressOfTheWeb_Is400(string imageUrl)
    {
        var service = mesh["product"];
        using var admin = service.ClientOf(service.AdminToken);

        var problem = await admin.PostAsync("/products", new { name = "Lamp", price = 5, category = "c", imageUrl }, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("imageUrl", out _));
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public void Services_StartNoPrograms(string name)
    {
        // What an assembly calls of others is written in its metadata.
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        using var assembly = new PEReader(file);
        var metadata = assembly.GetMetadataReader();
        var called = metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(static member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{metadata.GetString(member.Name)}")
            .ToHashSet(StringComparer.Ordinal);

        Assert.Contains("WebApplication.CreateSlimBuilder", called);
        Assert.DoesNotContain("Process.Start", called);
    }

    [GeneratedRegex("(?i)(ur[il]|host|callback|webhook|endpoint|redirect|server|domain)s?$")]
    private static partial Regex AddressName();
}
