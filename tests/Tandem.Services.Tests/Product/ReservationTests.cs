using System.Net;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

[Trait("Storage", "Relational")]
public sealed class ReservationTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    [Fact]
    public async Task Reserve_ThenCommit_SellsTheStock()
    {
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        var orderId = Ids.New();

        var reserved = await order.PostAsync("/products/reservations", Wish(orderId, (id, 4)), HttpStatusCode.Created);
        Assert.Equal("held", reserved.Text("status"));
        Assert.Equal(6, await application.StockOfAsync(id));

        var committed = await order.PostAsync($"/products/reservations/{orderId}/commit", null, HttpStatusCode.OK);
        await order.PostAsync($"/products/reservations/{orderId}/commit", null, HttpStatusCode.OK);
        Assert.Equal("committed", committed.Text("status"));
        Assert.Equal(6, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Reserve_Repeated_TakesTheStockOnce()
    {
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        var wish = Wish(Ids.New(), (id, 3));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => order.PostAsync("/products/reservations", wish)));

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single((await Task.WhenAll(answers.Select(static answer => answer.Content.ReadAsStringAsync()))).Distinct());
        Assert.Equal(7, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Reserve_SameOrderOtherItems_Is409()
    {
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        var orderId = Ids.New();
        await order.PostAsync("/products/reservations", Wish(orderId, (id, 3)), HttpStatusCode.Created);

        await order.PostAsync("/products/reservations", Wish(orderId, (id, 4)), HttpStatusCode.Conflict);

        Assert.Equal(7, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Reserve_WithOneItemShort_TakesNothingAndNamesIt()
    {
        var plenty = await application.AddProductAsync(10);
        var little = await application.AddProductAsync(1, "Scarce thing");
        using var order = application.CreateServiceClient("order");

        var problem = await order.PostAsync("/products/reservations", Wish(Ids.New(), (plenty, 2), (little, 2), (888888, 1)), HttpStatusCode.Conflict);

        Assert.Contains("Scarce thing (2 wanted, 1 left)", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal([little, 888888], problem.GetProperty("shortages").EnumerateArray().Select(static s => s.Number("productId")));
        Assert.Equal(10, await application.StockOfAsync(plenty));
        Assert.Equal(1, await application.StockOfAsync(little));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Release_OfHeldOrCommitted_PutsTheStockBackOnce(bool commit)
    {
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        var orderId = Ids.New();
        await order.PostAsync("/products/reservations", Wish(orderId, (id, 4)), HttpStatusCode.Created);
        if (commit)
        {
            await order.PostAsync($"/products/reservations/{orderId}/commit", null, HttpStatusCode.OK);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => order.DeleteAsync(Http.At($"/products/reservations/{orderId}"))));

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        Assert.Equal(10, await application.StockOfAsync(id));
        await order.PostAsync($"/products/reservations/{orderId}/commit", null, HttpStatusCode.Conflict);
        await order.PostAsync("/products/reservations", Wish(orderId, (id, 4)), HttpStatusCode.Conflict);
        Assert.Equal(10, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Release_AfterProductWasDeleted_StillSucceeds()
    {
        var id = await application.AddProductAsync(10);
        using var order = application.CreateServiceClient("order");
        using var admin = application.CreateAdminClient();
        var orderId = Ids.New();
        await order.PostAsync("/products/reservations", Wish(orderId, (id, 4)), HttpStatusCode.Created);
        await admin.DeleteAsync($"/products/{id}", HttpStatusCode.NoContent);

        await order.DeleteAsync($"/products/reservations/{orderId}", HttpStatusCode.NoContent);

        var reservation = await order.GetAsync($"/products/reservations/{orderId}", HttpStatusCode.OK);
        Assert.Equal("released", reservation.Text("status"));
    }

    [Fact]
    public async Task Reserve_ManyOrdersAtOnce_SellsExactlyTheStock()
    {
        var first = await application.AddProductAsync(25);
        var second = await application.AddProductAsync(40);
        using var order = application.CreateServiceClient("order");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            order.PostAsync("/products/reservations", i % 2 == 0 ? Wish(Ids.New(), (first, 1), (second, 1)) : Wish(Ids.New(), (second, 1), (first, 1)))));

        Assert.Equal(25, answers.Count(static answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(35, answers.Count(static answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(0, await application.StockOfAsync(first));
        Assert.Equal(15, await application.StockOfAsync(second));
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("delete")]
    [InlineData("get")]
    public async Task Reservation_Unknown_Is404(string action)
    {
        using var order = application.CreateServiceClient("order");
        var path = $"/products/reservations/{Ids.New()}";

        using var response = action switch
        {
            "commit" => await order.PostAsync($"{path}/commit"),
            "delete" => await order.DeleteAsync(Http.At(path)),
            _ => await order.GetAsync(Http.At(path)),
        };

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Reserve_WithWrongBody_Is400()
    {
        using var order = application.CreateServiceClient("order");

        var noId = await order.PostAsync("/products/reservations", Wish("42", (1, 1)), HttpStatusCode.BadRequest);
        var nothing = await order.PostAsync("/products/reservations", Wish(Ids.New()), HttpStatusCode.BadRequest);
        var negative = await order.PostAsync("/products/reservations", Wish(Ids.New(), (1, -1)), HttpStatusCode.BadRequest);

        Assert.True(noId.GetProperty("errors").TryGetProperty("orderId", out _));
        Assert.True(nothing.GetProperty("errors").TryGetProperty("items", out _));
        Assert.True(negative.GetProperty("errors").TryGetProperty("items[0].quantity", out _), negative.ToString());
    }

    [Fact]
    public async Task Reserve_ByUserGatewayOrForgedService_IsRefused()
    {
        using var user = application.CreateClient(Ids.New());
        using var gateway = application.CreateServiceClient("gateway");
        using var forged = application.CreateAnonymousClient();
        forged.DefaultRequestHeaders.Add("dapr-caller-app-id", "order");
        forged.DefaultRequestHeaders.Add("dapr-api-token", "guessed");
        var wish = Wish(Ids.New(), (1, 1));

        await user.PostAsync("/products/reservations", wish, HttpStatusCode.Forbidden);
        await gateway.PostAsync("/products/reservations", wish, HttpStatusCode.Unauthorized);
        await forged.PostAsync("/products/reservations", wish, HttpStatusCode.Unauthorized);
    }

    private static object Wish(string orderId, params (int ProductId, int Quantity)[] items)
        => new { orderId, items = items.Select(static item => new { productId = item.ProductId, quantity = item.Quantity }) };
}
