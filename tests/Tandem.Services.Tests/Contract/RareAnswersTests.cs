using System.Net;
using Tandem.Gateway;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Baskets;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Contract;

/// <summary>Answers of the contract that the tests of the features do not come across.</summary>
public sealed class RareAnswersTests
{
    private readonly string _user = Ids.New();

    [Theory]
    [InlineData("GET", "/api/users/u-1/payments", "payment", "/users/u-1/payments")]
    [InlineData("POST", "/admin/deadletters/d-1/retry", "analytics", "/admin/deadletters/d-1/retry")]
    public async Task Gateway_PassesOn(string method, string path, string service, string expected)
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        gateway.Sidecar.Answer(service, static request => InvokedAnswer.Json(new { path = request.Path }));
        using var admin = gateway.CreateAdminClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var seen = await (await admin.SendAsync(request)).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(expected, seen.Text("path"));
    }

    [Fact]
    public async Task Gateway_KeepsAnalyticsFromWhoeverIsNotSignedIn()
    {
        await using var gateway = new ServiceApplication<GatewayService>();
        await gateway.StartAsync();
        using var nobody = gateway.CreateAnonymousClient();

        var problem = await nobody.GetAsync("/api/analytics/summary", HttpStatusCode.Unauthorized);

        Assert.Equal(401, problem.Number("status"));
    }

    [Fact]
    public async Task Basket_LineBeyondTheStock_Is409()
    {
        await using var application = new BasketApplication();
        await application.InitializeAsync();
        using var client = application.CreateClient(_user);
        await client.PostAsync($"/baskets/{_user}/items", new { productId = 2, quantity = 1 }, HttpStatusCode.OK);

        var problem = await client.PutAsync($"/baskets/{_user}/items/2", new { quantity = 6 }, HttpStatusCode.Conflict);

        Assert.Contains("5", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(1, (await client.GetAsync($"/baskets/{_user}", HttpStatusCode.OK)).GetProperty("items")[0].Number("quantity"));
    }

    [Fact]
    public async Task Basket_MadeWithAKeyThatWasUsedForAnother_Is422()
    {
        await using var application = new BasketApplication();
        await application.InitializeAsync();
        using var client = application.CreateClient(_user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        await client.PostAsync($"/baskets/{_user}/items", new { productId = 1, quantity = 1 }, HttpStatusCode.OK);

        var problem = await client.PostAsync("/baskets", new { userId = _user }, HttpStatusCode.UnprocessableEntity);

        Assert.Equal(422, problem.Number("status"));
    }

    [Fact]
    public async Task Notification_WithAKeyThatWasUsedForAnother_Is422()
    {
        await using var application = new ServiceApplication<NotificationService>();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        await admin.PostAsync("/notifications", Request("one"), HttpStatusCode.Created);

        await admin.PostAsync("/notifications", Request("two"), HttpStatusCode.UnprocessableEntity);

        using var user = application.CreateClient(_user);
        Assert.Equal(1, (await user.GetAsync("/notifications", HttpStatusCode.OK)).Number("total"));
    }

    private object Request(string title) => new { userId = _user, type = "A", channel = "in_app", title, message = "m" };
}
