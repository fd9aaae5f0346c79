using System.Net;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

[Trait("Storage", "Relational")]
public sealed class SessionTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    [Fact]
    public async Task Refresh_WithFreshToken_GivesTheNextOne()
    {
        var session = await application.RegisterAsync();
        using var client = application.CreateAnonymousClient();

        var second = await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.OK);
        var third = await client.PostAsync("/auth/refresh", new { refreshToken = second.Text("refreshToken") }, HttpStatusCode.OK);

        Assert.Equal(3, new[] { session, second, third }.Select(static s => s.Text("refreshToken")).Distinct().Count());
        Assert.Equal(session.GetProperty("user").Text("id"), third.GetProperty("user").Text("id"));
        using var user = application.CreateClientOf(third);
        await user.GetAsync("/users/me", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refresh_WithUsedToken_RevokesTheWholeFamily()
    {
        var session = await application.RegisterAsync();
        using var client = application.CreateAnonymousClient();
        var second = await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.OK);

        await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.Unauthorized);

        var problem = await client.PostAsync("/auth/refresh", new { refreshToken = second.Text("refreshToken") }, HttpStatusCode.Unauthorized);
        Assert.Contains("Sign in again", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_SameTokenAtOnce_WorksOnce()
    {
        var session = await application.RegisterAsync();
        using var client = application.CreateAnonymousClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") })));

        Assert.Equal(1, answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task Logout_EndsTheFamily_AndIsRepeatable()
    {
        var session = await application.RegisterAsync();
        using var client = application.CreateAnonymousClient();
        var body = new { refreshToken = session.Text("refreshToken") };

        await client.PostAsync("/auth/logout", body, HttpStatusCode.NoContent);
        await client.PostAsync("/auth/logout", body, HttpStatusCode.NoContent);

        var problem = await client.PostAsync("/auth/refresh", body, HttpStatusCode.Unauthorized);
        Assert.Equal(401, problem.Number("status"));
    }

    [Fact]
    public async Task Refresh_AfterTwoWeeks_HasExpired()
    {
        var clock = new ManualTimeProvider();
        await using var own = new IdentityApplication { Clock = clock };
        await own.StartAsync();
        var session = await own.RegisterAsync();
        using var client = own.CreateAnonymousClient();
        using var user = own.CreateClientOf(session);

        clock.Advance(TimeSpan.FromMinutes(16));
        await user.GetAsync("/users/me", HttpStatusCode.Unauthorized);
        clock.Advance(TimeSpan.FromDays(14));

        await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/auth/refresh", HttpStatusCode.Unauthorized)]
    [InlineData("/auth/logout", HttpStatusCode.NoContent)]
    public async Task Session_WithInventedToken_GivesNothingAway(string path, HttpStatusCode expected)
    {
        using var client = application.CreateAnonymousClient();

        using var response = await client.PostAsync(path, new { refreshToken = "invented" });
        var problem = await client.PostAsync(path, new { }, HttpStatusCode.BadRequest);

        Assert.Equal(expected, response.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty("refreshToken", out _));
    }
}
