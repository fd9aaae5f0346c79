using System.Net;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

public sealed class PasswordRulesTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    [Theory]
    [InlineData("password")]
    [InlineData("Password123")]
    [InlineData("12345678")]
    [InlineData("qwertyuiop")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("Margaret Hamilton")]
    [InlineData("margaret.h@example.com")]
    [InlineData("MARGARET.H")]
    public async Task Register_WithAPasswordThatIsTriedFirst_IsRefused(string password)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.PostAsync("/auth/register", new { email = "margaret.h@example.com", password, name = "Margaret Hamilton" }, HttpStatusCode.BadRequest);

        Assert.Contains("first that others would try", problem.GetProperty("errors").GetProperty("password")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onlyletters")]
    [InlineData("74019283")]
    [InlineData("ALLLARGEONES")]
    public Task Register_WithOneKindOfCharacters_IsAllowed(string password) => SignsInAsync(password);

    [Theory]
    [InlineData("пароль-и-ещё")]
    [InlineData("🐎🔋📎 horse")]
    [InlineData("with spaces in  it")]
    [InlineData("' OR '1'='1")]
    [InlineData("<b>\"\\/;--")]
    public Task Register_WithAnyCharacters_SignsIn(string password) => SignsInAsync(password);

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(64, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task Register_WithALongPassword_IsAllowedUpTo128(int length, bool isAllowed)
    {
        var password = string.Concat(Enumerable.Range(0, length).Select(static i => (char)('a' + (i * 7 % 26))));
        using var client = application.CreateAnonymousClient();

        using var response = await client.PostAsync("/auth/register", new { email = $"{Ids.New()}@example.com", password, name = "Ann" });

        Assert.Equal(isAllowed ? HttpStatusCode.Created : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Password_IsNeverCut()
    {
        using var client = application.CreateAnonymousClient();
        var email = $"{Ids.New()}@example.com";
        var password = string.Concat(Enumerable.Repeat("long ", 20)) + "end";
        await client.PostAsync("/auth/register", new { email, password, name = "Ann" }, HttpStatusCode.Created);

        await client.PostAsync("/auth/login", new { email, password = password[..^1] }, HttpStatusCode.Unauthorized);
        await client.PostAsync("/auth/login", new { email, password = password + " " }, HttpStatusCode.Unauthorized);
        var session = await client.PostAsync("/auth/login", new { email, password }, HttpStatusCode.OK);

        Assert.NotEmpty(session.Text("accessToken"));
    }

    private async Task SignsInAsync(string password)
    {
        using var client = application.CreateAnonymousClient();
        var email = $"{Ids.New()}@example.com";
        await client.PostAsync("/auth/register", new { email, password, name = "Ann" }, HttpStatusCode.Created);

        var session = await client.PostAsync("/auth/login", new { email, password }, HttpStatusCode.OK);

        Assert.Equal(email, session.GetProperty("user").Text("email"));
    }
}
