using System.Net;
using Tandem.Identity;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>What answers say of themselves.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class HeaderTests(SecuredMesh mesh)
{
    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryPrivateAnswer_IsKeptByNoCache(string name)
    {
        var service = mesh[name];
        using var admin = service.ClientOf(service.AdminToken);
        using var stranger = service.ClientOf(service.StrangerToken);
        List<string> kept = [];
        foreach (var route in service.GuardedRoutes.Where(static route => !route.Changes))
        {
            foreach (var client in (HttpClient[])[admin, stranger])
            {
                using var response = await client.GetAsync(Http.At(route.Fill(service.Owner, service.OwnersId)), HttpCompletionOption.ResponseHeadersRead);
                if (response.Headers.CacheControl?.NoStore != true)
                {
                    kept.Add($"{route.Key}: {(int)response.StatusCode} {response.Headers.CacheControl}");
                }
            }
        }

        Assert.Empty(kept);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryAnswer_SaysWhatItIs(string name)
    {
        var service = mesh[name];
        using var admin = service.ClientOf(service.AdminToken);
        List<string> silent = [];
        foreach (var route in service.Routes.Where(static route => !route.Changes))
        {
            using var response = await admin.GetAsync(Http.At(route.Fill(service.Owner, service.OwnersId)), HttpCompletionOption.ResponseHeadersRead);
            var type = response.Content.Headers.ContentType;
            if (type is null || (type.MediaType!.StartsWith("text/", StringComparison.Ordinal) && type.MediaType != "text/event-stream" && type.CharSet is null))
            {
                silent.Add($"{route.Key}: {(int)response.StatusCode} {type}");
            }
        }

        Assert.Empty(silent);
    }

    [Fact]
    public async Task Picture_OpenedAsAPage_RunsNothing()
    {
        using var client = mesh["product"].CreateClient();

        using var response = await client.GetAsync(Http.At("/products/1/image"));

        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.NotFound)]
    [InlineData("true", HttpStatusCode.OK)]
    public async Task Reflection_IsThereOnlyWhenAskedFor(string? setting, HttpStatusCode expected)
    {
        await using var application = new ServiceApplication<IdentityService>();
        if (setting is not null)
        {
            application.With("GRPC_REFLECTION", setting);
        }

        await application.StartAsync();
        using var client = application.CreateAnonymousClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
        {
            Version = HttpVersion.Version20,
            Content = new ByteArrayContent([]),
        };
        request.Content.Headers.ContentType = new("application/grpc");

        using var response = await client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }
}
