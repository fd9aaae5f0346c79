using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

public sealed class RegistrationTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    [Fact]
    public async Task Register_NewAddress_MakesACustomerAndTellsTheMesh()
    {
        using var client = application.CreateAnonymousClient();

        using var response = await client.PostAsync("/auth/register", new { email = "Bob@Example.com", password = "long enough", name = " Bob " });
        var user = await response.ReadAsync(HttpStatusCode.Created);

        Assert.True(Ids.IsValid(user.Text("id")));
        Assert.Equal("bob@example.com", user.Text("email"));
        Assert.Equal("Bob", user.Text("name"));
        Assert.Equal("customer", user.GetProperty("roles").EnumerateArray().Single().GetString());
        Assert.False(user.TryGetProperty("passwordHash", out _));
        var told = await application.Sidecar.WaitForAsync<UserRegistered>(e => e.UserId == user.Text("id"));
        Assert.Equal(("bob@example.com", "Bob"), (told.Email, told.Name));
    }

    [Fact]
    public async Task Register_TakenAddress_Is409InAnyCase()
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.PostAsync("/auth/register", new { email = "ANN@example.com", password = "long enough", name = "Other Ann" }, HttpStatusCode.Conflict);

        Assert.Equal(409, problem.Number("status"));
    }

    [Fact]
    public async Task Register_SameAddressAtOnce_MakesOneUser()
    {
        using var client = application.CreateAnonymousClient();
        var body = new { email = $"{Ids.New()}@example.com", password = "long enough", name = "Twin" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.PostAsync("/auth/register", body)));

        Assert.Equal(1, answers.Count(static answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(5, answers.Count(static answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("no-sign", "long enough", "A", "email")]
    [InlineData("two@signs@example.com", "long enough", "A", "email")]
    [InlineData("a@localhost", "long enough", "A", "email")]
    [InlineData("a@example.com\nBcc: b@example.com", "long enough", "A", "email")]
    [InlineData("a@example.com", "short", "A", "password")]
    [InlineData("a@example.com", null, "A", "password")]
    [InlineData("a@example.com", "long enough", " ", "name")]
    public async Task Register_WithWrongField_NamesIt(string email, string? password, string name, string field)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.PostAsync("/auth/register", new { email, password, name }, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Register_WithRolesInTheBody_IsStillACustomer()
    {
        using var client = application.CreateAnonymousClient();

        var user = await client.PostAsync(
            "/auth/register",
            new { email = $"{Ids.New()}@example.com", password = "long enough", name = "Eve", role = "admin", roles = "admin", id = "1" },
            HttpStatusCode.Created);

        Assert.Equal("customer", user.GetProperty("roles").EnumerateArray().Single().GetString());
    }
}
