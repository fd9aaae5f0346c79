using System.Net;
using Tandem.Identity;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>Who can speak as a sidecar or as a service: with an app token whoever has it, without one whoever is as near as a sidecar is.</summary>
public sealed class SidecarCallerTests
{
    [Theory]
    [InlineData("/events/anything", null)]
    [InlineData("/events/anything", "order")]
    [InlineData("/services/anything", "order")]
    public async Task Request_WithoutTheAppToken_IsNobodys(string path, string? caller)
    {
        await using var server = await RealServer.StartAsync(appToken: "the token");

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, path, caller));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, path, caller, ("dapr-api-token", "another token")));
    }

    [Fact]
    public async Task Request_WithTheAppToken_IsTheSidecarsOrItsCallers()
    {
        await using var server = await RealServer.StartAsync(appToken: "the token");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/events/anything", null, ("dapr-api-token", "the token")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/services/anything", "order", ("dapr-api-token", "the token")));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/events/anything", "order", ("dapr-api-token", "the token")));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/services/anything", "gateway", ("dapr-api-token", "the token")));
    }

    [Fact]
    public async Task Request_WhereNoTokenIsSet_IsTheSidecarsFromThisMachineAlone()
    {
        await using var server = await RealServer.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/events/anything", null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/services/anything", "order"));

        // What the gateway passes on without a sidecar between says whom it is for.
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/events/anything", null, ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, "/services/anything", "gateway"));
    }

    [Theory]
    [InlineData("notification", HttpStatusCode.NotFound)]
    [InlineData("analytics", HttpStatusCode.Unauthorized)]
    [InlineData("shipping", HttpStatusCode.Unauthorized)]
    [InlineData("somebody", HttpStatusCode.Unauthorized)]
    public async Task Service_ThatDoesNotNeedAnother_IsNobodyThere(string caller, HttpStatusCode expected)
    {
        await using var identity = new ServiceApplication<IdentityService>();
        await identity.StartAsync();
        using var client = identity.CreateServiceClient(caller);

        using var response = await client.GetAsync(Http.At($"/users/{Ids.New()}"));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Service_WithoutAToken_SaysSoInItsLog()
    {
        await using var identity = new ServiceApplication<IdentityService>();
        identity.With("APP_API_TOKEN", "");
        await identity.StartAsync();
        using var client = identity.CreateAnonymousClient();

        await client.GetAsync("/users/me", HttpStatusCode.Unauthorized);

        Assert.Contains(identity.Logs.Entries, static entry => entry.Text.StartsWith("APP_API_TOKEN is not set", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> PostAsync(RealServer server, string path, string? caller, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (caller is not null)
        {
            request.Headers.Add("dapr-caller-app-id", caller);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await server.Client.SendAsync(request);
        return response.StatusCode;
    }
}
