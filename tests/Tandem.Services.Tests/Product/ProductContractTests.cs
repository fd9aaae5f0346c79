using System.Net;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

/// <summary>What CONTRACT.md says of products that no other test holds.</summary>
public sealed class ProductContractTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    [Fact]
    public async Task Document_HasEveryRouteWithItsStatuses()
    {
        using var client = application.CreateAnonymousClient();

        var document = await OpenApiText.ReadAsync(client);

        Assert.Equal(
            [
                "GET /products 200 400 503",
                "POST /products 201 400 401 403 422 503",
                "GET /products/categories 200 503",
                "POST /products/reservations 201 400 401 403 409 422 503",
                "DELETE /products/reservations/{orderId} 204 401 403 404 503",
                "GET /products/reservations/{orderId} 200 401 403 404 503",
                "POST /products/reservations/{orderId}/commit 200 401 403 404 409 503",
                "GET /products/search 200 400 503",
                "DELETE /products/{id} 204 401 403 404 503",
                "GET /products/{id} 200 404 503",
                "PUT /products/{id} 200 400 401 403 404 503",
                "GET /products/{id}/image 200 304 404 503",
                "PUT /products/{id}/image 204 401 403 404 413 415 503",
                "PUT /products/{id}/stock 200 400 401 403 404 409 503",
            ],
            OpenApiText.OperationsOf(document));
        var image = OpenApiText.Operation(document, "put", "/products/{id}/image").GetProperty("requestBody").GetProperty("content");
        Assert.Equal(["image/jpeg", "image/png", "image/svg+xml", "image/webp"], image.EnumerateObject().Select(static type => type.Name).Order());
    }

    [Fact]
    public async Task Product_HasItsFields()
    {
        var product = await application.ProductAsync(await application.AddProductAsync(3, price: 12.30m));

        Assert.Equal(
            ["id", "name", "description", "price", "currency", "stockQuantity", "category", "imageUrl", "createdAt", "updatedAt"],
            product.EnumerateObject().Select(static field => field.Name));
        Assert.Equal("12.30", product.GetProperty("price").GetRawText());
        Assert.EndsWith("Z", product.Text("createdAt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seed_HasSixtyProductsInSixCategoriesEachWithAPictureOfItsOwn()
    {
        await using var fresh = new ProductApplication();
        await fresh.StartAsync();
        using var client = fresh.CreateAnonymousClient();

        var page = await client.GetAsync("/products?pageSize=100", HttpStatusCode.OK);
        var categories = await client.GetAsync("/products/categories", HttpStatusCode.OK);

        Assert.InRange(page.Number("total"), 60, 100);
        Assert.Equal(6, categories.GetArrayLength());
        Assert.Equal(page.Number("total"), categories.EnumerateArray().Sum(static category => category.Number("count")));
        HashSet<string> pictures = [];
        foreach (var product in page.GetProperty("items").EnumerateArray())
        {
            using var picture = await client.GetAsync(Http.At(product.Text("imageUrl")["/api".Length..]));
            Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
            Assert.True(pictures.Add(await picture.Content.ReadAsStringAsync()));
        }

        Assert.Empty(fresh.Sidecar.Published);
    }

    [Fact]
    public async Task List_ByName_IsInOrderWhateverTheCase()
    {
        await application.AddProductAsync(1, "aardvark toy", category: "Sorted");
        await application.AddProductAsync(1, "Zebra toy", category: "Sorted");
        await application.AddProductAsync(1, "Badger toy", category: "Sorted");
        using var client = application.CreateAnonymousClient();

        var page = await client.GetAsync("/products?sort=name&category=Sorted", HttpStatusCode.OK);

        Assert.Equal(["aardvark toy", "Badger toy", "Zebra toy"], Names(page));
    }

    [Fact]
    public async Task List_BySearch_HasTheBestFirstUnlessAnOrderIsAskedFor()
    {
        using var admin = application.CreateAdminClient();
        await admin.PostAsync("/products", new { name = "A box", description = "For one quince.", price = 1m, category = "Fruit" }, HttpStatusCode.Created);
        await admin.PostAsync("/products", new { name = "Quince", description = "A fruit.", price = 9m, category = "Fruit" }, HttpStatusCode.Created);
        await admin.PostAsync("/products", new { name = "Quinces in a glass", description = "Sweet.", price = 5m, category = "Fruit" }, HttpStatusCode.Created);
        await admin.PostAsync("/products", new { name = "Quince tree", description = "Tall.", price = 5m, category = "Trees" }, HttpStatusCode.Created);

        var best = await admin.GetAsync("/products?search=quince&category=Fruit", HttpStatusCode.OK);
        var cheap = await admin.GetAsync("/products?search=quince&category=Fruit&sort=price", HttpStatusCode.OK);
        var second = await admin.GetAsync("/products?search=quince&category=Fruit&pageSize=1&page=2", HttpStatusCode.OK);
        var priced = await admin.GetAsync("/products?search=quince&maxPrice=5&minPrice=2", HttpStatusCode.OK);

        Assert.Equal(["Quince", "Quinces in a glass", "A box"], Names(best));
        Assert.Equal(["A box", "Quinces in a glass", "Quince"], Names(cheap));
        Assert.Equal((3, "Quinces in a glass"), (second.Number("total"), Names(second).Single()));
        Assert.Equal(["Quince tree", "Quinces in a glass"], Names(priced));
        Assert.Equal(0, (await admin.GetAsync("/products?search=%21", HttpStatusCode.OK)).Number("total"));
    }

    [Theory]
    [InlineData("/products/search?q=quin&page=0", "page")]
    [InlineData("/products/search?q=quin&pageSize=101", "pageSize")]
    [InlineData("/products?maxPrice=cheap", null)]
    public async Task Search_WithWrongParameter_Is400(string path, string? field)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.GetAsync(path, HttpStatusCode.BadRequest);

        Assert.True(field is null || problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/image")]
    [InlineData("PUT", "/image")]
    [InlineData("PUT", "/stock")]
    public async Task EveryRouteOfAProduct_WithAMalformedOrUnknownId_Is404(string method, string rest)
    {
        using var admin = application.CreateAdminClient();

        foreach (var id in (string[])["abc", "1.5", "-1", "99999999999999999999", "2147483647"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/products/{id}{rest}")
            {
                Content = method == "PUT" ? new StringContent(rest == "/stock" ? """{"quantity":1}""" : """{"name":"A","category":"B","price":1}""", null, "application/json") : null,
            };
            await (await admin.SendAsync(request)).ReadAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task IdempotencyKeys_OfProducts_HoldToTheRules()
    {
        using var one = application.CreateAdminClient();
        using var other = application.CreateAdminClient();
        var body = new { name = "Keyed", price = 1m, category = "Tests" };

        await IdempotencyRules.HoldAsync(one, other, "/products", body, body with { price = 2m }, "/products", body, HttpStatusCode.Created);
    }

    [Fact]
    public async Task IdempotencyKeys_OfReservations_HoldToTheRules()
    {
        var id = await application.AddProductAsync(10);
        using var one = application.CreateServiceClient("order");
        using var other = application.CreateAdminClient();

        await IdempotencyRules.HoldAsync(one, other, "/products/reservations", Wish(Ids.New(), id), Wish(Ids.New(), id), "/products/reservations", Wish(Ids.New(), id), HttpStatusCode.Created);

        Assert.Equal(8, await application.StockOfAsync(id));
    }

    [Fact]
    public async Task Reserve_WithALineThatIsNull_Is400()
    {
        using var order = application.CreateServiceClient("order");

        var problem = await order.PostAsync("/products/reservations", new { orderId = Ids.New(), items = new object?[] { null } }, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("items[0]", out _), problem.ToString());
    }

    [Fact]
    public async Task Events_OfStock_CarryAllTheirData()
    {
        var id = await application.AddProductAsync(11, "Told thing");
        using var admin = application.CreateAdminClient();
        await admin.PutAsync($"/products/{id}/stock", new { delta = -1 }, HttpStatusCode.OK);
        await admin.PutAsync($"/products/{id}/stock", new { quantity = 0 }, HttpStatusCode.OK);
        await application.Sidecar.WaitForAsync<StockOut>(e => e.ProductId == id);

        Check("StockLow", 10, 11);
        Check("StockOut", 0, 10);
        Assert.Equal(3, application.Sidecar.Published.Count(e => e.Type == "StockUpdated" && e.Subject == $"{id}"));

        void Check(string type, int quantity, int previous)
        {
            var told = Assert.Single(application.Sidecar.Published, e => e.Type == type && e.Subject == $"{id}");
            Assert.Equal(["productId", "name", "quantity", "previous"], told.Data.EnumerateObject().Select(static field => field.Name));
            Assert.Equal((id, "Told thing", quantity, previous), (told.Data.Number("productId"), told.Data.Text("name"), told.Data.Number("quantity"), told.Data.Number("previous")));
            Assert.Equal("stock-events", told.Topic);
        }
    }

    [Fact]
    public async Task Metrics_OfStock_CountWhatRanOut()
    {
        await using var own = new ProductApplication();
        await own.StartAsync();
        var id = await own.AddProductAsync(12);
        using var admin = own.CreateAdminClient();
        Assert.Equal(0, (await MetricsText.ReadAsync(admin)).Of("tandem_stock_outs_total"));

        await admin.PutAsync($"/products/{id}/stock", new { quantity = 5 }, HttpStatusCode.OK);
        await admin.PutAsync($"/products/{id}/stock", new { quantity = 0 }, HttpStatusCode.OK);
        await admin.PutAsync($"/products/{id}/stock", new { delta = -1 }, HttpStatusCode.Conflict);

        var metrics = await MetricsText.ReadAsync(admin);
        Assert.Equal((1, 1), (metrics.Of("tandem_stock_outs_total"), metrics.Of("tandem_stock_lows_total")));
        Assert.True(metrics.IsOfType("tandem_stock_outs_total", "counter"));
    }

    private static object Wish(string orderId, int productId) => new { orderId, items = new[] { new { productId, quantity = 1 } } };

    private static IEnumerable<string> Names(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(static product => product.Text("name"));
}
