using System.Net;
using Tandem.Contracts.Events;
using Tandem.Product.Stock;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

[Trait("Storage", "Relational")]
public sealed class StockTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    [Fact]
    public async Task Put_QuantityAndDelta_ChangeTheStockAndTellTheMesh()
    {
        var id = await application.AddProductAsync(20);
        using var admin = application.CreateAdminClient();

        var more = await admin.PutAsync($"/products/{id}/stock", new { delta = 5 }, HttpStatusCode.OK);
        var set = await admin.PutAsync($"/products/{id}/stock", new { quantity = 8 }, HttpStatusCode.OK);
        var none = await admin.PutAsync($"/products/{id}/stock", new { delta = -8 }, HttpStatusCode.OK);

        Assert.Equal([25, 8, 0], new[] { more, set, none }.Select(static product => product.Number("stockQuantity")));
        await application.Sidecar.WaitForAsync<StockOut>(e => e.ProductId == id);
        var told = application.Sidecar.Published.Where(e => e.Subject == $"{id}").ToList();
        Assert.Equal(["StockUpdated", "StockUpdated", "StockUpdated", "StockLow", "StockUpdated", "StockOut"], told.Select(static e => e.Type));
        Assert.Equal(6, told.Select(static e => e.Id).Distinct().Count());
        Assert.All(told, static e => Assert.Equal(Topics.Stock, e.Topic));
        var low = told.Single(static e => e.Type == "StockLow").As<StockLow>();
        Assert.Equal((8, 25), (low.Quantity, low.Previous));
    }

    [Fact]
    public async Task Put_DeltaBelowZero_Is409AndChangesNothing()
    {
        var id = await application.AddProductAsync(3);
        using var admin = application.CreateAdminClient();

        await admin.PutAsync($"/products/{id}/stock", new { delta = -4 }, HttpStatusCode.Conflict);

        Assert.Equal(3, await application.StockOfAsync(id));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"quantity":1,"delta":1}""")]
    [InlineData("""{"quantity":-1}""")]
    [InlineData("""{"quantity":1.5}""")]
    public async Task Put_WithWrongBody_Is400(string body)
    {
        using var admin = application.CreateAdminClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await (await admin.PutAsync(Http.At("/products/1/stock"), content)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.NotEmpty(problem.GetProperty("errors").EnumerateObject());
    }

    [Fact]
    public async Task Put_OfUnknownProduct_Is404()
    {
        using var admin = application.CreateAdminClient();

        var problem = await admin.PutAsync("/products/999999/stock", new { quantity = 1 }, HttpStatusCode.NotFound);

        Assert.Contains("999999", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_ManyDeltasAtOnce_LosesNone()
    {
        var id = await application.AddProductAsync(100);
        using var admin = application.CreateAdminClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => admin.PutAsync($"/products/{id}/stock", new { delta = i % 2 == 0 ? 3 : -1 })));

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(100 + (30 * 3) - 30, await application.StockOfAsync(id));
    }

    [Theory]
    [InlineData(20, 19, "StockUpdated")]
    [InlineData(20, 10, "StockUpdated,StockLow")]
    [InlineData(10, 9, "StockUpdated")]
    [InlineData(1, 0, "StockUpdated,StockOut")]
    [InlineData(20, 0, "StockUpdated,StockOut")]
    [InlineData(0, 5, "StockUpdated")]
    [InlineData(7, 7, "")]
    public void Events_OfChange_TellLowAndOutOnce(int previous, int quantity, string expected)
        => Assert.Equal(expected, string.Join(',', new StockChange(1, "Thing", previous, quantity).Events().Select(static e => e.GetType().Name)));
}
