using System.Net;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

public sealed class UserTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    [Fact]
    public async Task Me_OfSignedInUser_CanBeReadAndChanged()
    {
        using var client = application.CreateClientOf(await application.RegisterAsync());

        var before = await client.GetAsync("/users/me", HttpStatusCode.OK);
        var address = new { street = "1 Main Street", city = "Springfield", state = "IL", zip = "62701", country = "US" };
        await client.PutAsync("/users/me", new { name = "New Name", phone = "+1 555-0100", address }, HttpStatusCode.OK);
        var after = await client.GetAsync("/users/me", HttpStatusCode.OK);

        Assert.Equal(System.Text.Json.JsonValueKind.Null, before.GetProperty("address").ValueKind);
        Assert.Equal("New Name", after.Text("name"));
        Assert.Equal("+1 555-0100", after.Text("phone"));
        Assert.Equal("Springfield", after.GetProperty("address").Text("city"));
        Assert.Equal(before.Text("email"), after.Text("email"));
    }

    [Theory]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"A","phone":"call me"}""", "phone")]
    [InlineData("""{"name":"A","address":{"zip":"123456789012345678901"}}""", "address.zip")]
    [InlineData("""{"name":"A","address":"here"}""", "address")]
    [InlineData("""{"name":""", "body")]
    public async Task PutMe_WithWrongField_NamesIt(string body, string field)
    {
        using var client = application.CreateClientOf(await application.RegisterAsync());
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await (await client.PutAsync(Http.At("/users/me"), content)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name == field || field == "body");
    }

    [Fact]
    public async Task Get_User_IsForThemselvesAdminsAndServices()
    {
        var session = await application.RegisterAsync();
        var path = $"/users/{session.GetProperty("user").Text("id")}";
        using var self = application.CreateClientOf(session);
        using var other = application.CreateClientOf(await application.RegisterAsync());
        using var admin = await application.SignInAsync("admin@example.com");
        using var service = application.CreateServiceClient("notification");
        using var gateway = application.CreateServiceClient("gateway");
        using var nobody = application.CreateAnonymousClient();

        await self.GetAsync(path, HttpStatusCode.OK);
        await admin.GetAsync(path, HttpStatusCode.OK);
        var seen = await service.GetAsync(path, HttpStatusCode.OK);
        await other.GetAsync(path, HttpStatusCode.Forbidden);
        await gateway.GetAsync(path, HttpStatusCode.Unauthorized);
        await nobody.GetAsync(path, HttpStatusCode.Unauthorized);

        Assert.EndsWith("@example.com", seen.Text("email"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownUser_Is404()
    {
        using var admin = await application.SignInAsync("admin@example.com");

        await admin.GetAsync($"/users/{Ids.New()}", HttpStatusCode.NotFound);
        var problem = await admin.GetAsync("/users/not-an-id", HttpStatusCode.NotFound);

        Assert.Equal(404, problem.Number("status"));
    }

    [Fact]
    public async Task Me_WithTokenOfAnotherKey_Is401()
    {
        using var forged = application.CreateClient(Ids.New(), TandemClaims.AdminRole);

        using var response = await forged.GetAsync(Http.At("/users/me"));

        Assert.Contains("invalid_token", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        await response.ReadAsync(HttpStatusCode.Unauthorized);
    }
}
