using System.Net;
using System.Text.Json;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

[Trait("Storage", "Relational")]
public sealed class LoginTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    [Fact]
    public async Task Login_OfDevelopmentUsers_GivesTokensWithTheirRoles()
    {
        using var client = application.CreateAnonymousClient();

        var ann = await client.PostAsync("/auth/login", new { email = "ann@example.com", password = "Passw0rd!" }, HttpStatusCode.OK);
        var admin = await client.PostAsync("/auth/login", new { email = "Admin@Example.com ", password = "Passw0rd!" }, HttpStatusCode.OK);

        Assert.Equal(900, ann.Number("expiresIn"));
        Assert.Equal("ann@example.com", ann.GetProperty("user").Text("email"));
        Assert.Equal(["customer"], RolesOf(ann));
        Assert.Contains("admin", RolesOf(admin));
        Assert.NotEqual(ann.Text("refreshToken"), admin.Text("refreshToken"));
    }

    [Theory]
    [InlineData("ann@example.com", "wrong")]
    [InlineData("nobody@example.com", "Passw0rd!")]
    public async Task Login_WithWrongPasswordOrUnknownAccount_IsTheSame401(string email, string password)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.PostAsync("/auth/login", new { email, password }, HttpStatusCode.Unauthorized);

        Assert.Equal("Email address or password is wrong.", problem.Text("detail"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_AfterFiveFailuresInAMinute_HasToWait(bool exists)
    {
        var clock = new ManualTimeProvider();
        await using var own = new IdentityApplication { Clock = clock };
        await own.StartAsync();
        using var client = own.CreateAnonymousClient();
        var email = $"{Ids.New()}@example.com";
        if (exists)
        {
            await own.RegisterAsync(email);
        }

        // At once, as an attacker would: not one more than five may be tried.
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => client.PostAsync("/auth/login", new { email, password = "wrong" })));
        using var locked = await client.PostAsync("/auth/login", new { email, password = IdentityApplication.Password });
        clock.Advance(TimeSpan.FromSeconds(61));
        using var later = await client.PostAsync("/auth/login", new { email, password = IdentityApplication.Password });

        Assert.Equal(5, answers.Count(static answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(7, answers.Count(static answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(exists ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, later.StatusCode);
    }

    [Fact]
    public async Task Login_Succeeding_ForgetsTheFailuresBefore()
    {
        using var client = application.CreateAnonymousClient();
        var email = (await application.RegisterAsync()).GetProperty("user").Text("email");

        for (var round = 0; round < 3; round++)
        {
            for (var failure = 0; failure < 4; failure++)
            {
                await client.PostAsync("/auth/login", new { email, password = "wrong" }, HttpStatusCode.Unauthorized);
            }

            var session = await client.PostAsync("/auth/login", new { email, password = IdentityApplication.Password }, HttpStatusCode.OK);
            Assert.NotEmpty(session.Text("accessToken"));
        }
    }

    [Fact]
    public async Task Jwks_OfService_HasPublicPartsOnly()
    {
        using var client = application.CreateAnonymousClient();

        var keys = (await client.GetAsync("/.well-known/jwks.json", HttpStatusCode.OK)).GetProperty("keys");

        var key = Assert.Single(keys.EnumerateArray());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(static member => member.Name).Order());
        Assert.Equal("ES256", key.Text("alg"));
    }

    private static IEnumerable<string?> RolesOf(JsonElement session)
        => session.GetProperty("user").GetProperty("roles").EnumerateArray().Select(static role => role.GetString());
}
