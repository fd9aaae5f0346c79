using System.Net;
using System.Text.Json;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

[Trait("Storage", "Relational")]
public sealed class CatalogTests(ProductApplication application) : IClassFixture<ProductApplication>
{
    [Fact]
    public async Task List_OfNewShop_HasSeededProductsInSixCategories()
    {
        using var client = application.CreateAnonymousClient();

        var first = await client.GetAsync("/products?pageSize=100", HttpStatusCode.OK);
        var categories = await client.GetAsync("/products/categories", HttpStatusCode.OK);

        Assert.True(first.Number("total") >= 60);
        var seeded = categories.EnumerateArray().Where(static c => c.Text("name") != "Tests" && c.Number("count") >= 10).ToList();
        Assert.Equal(6, seeded.Count);
        Assert.All(first.GetProperty("items").EnumerateArray(), static product =>
        {
            Assert.True(product.Number("id") > 0);
            Assert.Equal("USD", product.Text("currency"));
            Assert.NotEmpty(product.Text("imageUrl"));
            Assert.True(product.GetProperty("price").GetDecimal() > 0);
        });
    }

    [Fact]
    public async Task List_WithPages_GivesEachProductOnce()
    {
        using var client = application.CreateAnonymousClient();

        var one = await client.GetAsync("/products?category=Books&pageSize=6&page=1", HttpStatusCode.OK);
        var two = await client.GetAsync("/products?category=Books&pageSize=6&page=2", HttpStatusCode.OK);

        var ids = Items(one).Concat(Items(two)).Select(static p => p.Number("id")).ToList();
        Assert.Equal(one.Number("total"), ids.Distinct().Count());
        Assert.Equal(2, two.Number("page"));
        Assert.Equal(6, two.Number("pageSize"));
    }

    [Theory]
    [InlineData("price", 1)]
    [InlineData("-price", -1)]
    public async Task List_SortedByPrice_IsInOrder(string sort, int direction)
    {
        using var client = application.CreateAnonymousClient();

        var page = await client.GetAsync($"/products?sort={sort}&pageSize=100&category=Audio", HttpStatusCode.OK);

        var prices = Items(page).Select(static p => p.GetProperty("price").GetDecimal()).ToList();
        Assert.Equal(prices.OrderBy(price => price * direction), prices);
    }

    [Fact]
    public async Task List_SortedByNewest_StartsWithTheLastAdded()
    {
        var id = await application.AddProductAsync(1);
        using var client = application.CreateAnonymousClient();

        var page = await client.GetAsync("/products?sort=newest&pageSize=100", HttpStatusCode.OK);

        var times = Items(page).Select(static p => p.GetProperty("createdAt").GetDateTimeOffset()).ToList();
        Assert.Equal(times.OrderDescending(), times);
        Assert.Contains(Items(page).Take(10), product => product.Number("id") == id);
    }

    [Fact]
    public async Task List_WithPriceRange_KeepsToIt()
    {
        using var client = application.CreateAnonymousClient();

        var page = await client.GetAsync("/products?minPrice=20&maxPrice=49.5&pageSize=100", HttpStatusCode.OK);

        Assert.NotEmpty(Items(page));
        Assert.All(Items(page), static p => Assert.InRange(p.GetProperty("price").GetDecimal(), 20m, 49.5m));
    }

    [Theory]
    [InlineData("sort=cheapest", "sort")]
    [InlineData("page=0", "page")]
    [InlineData("pageSize=101", "pageSize")]
    [InlineData("minPrice=-1", "minPrice")]
    [InlineData("minPrice=5&maxPrice=4", "maxPrice")]
    public async Task List_WithWrongParameter_NamesTheField(string query, string field)
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.GetAsync($"/products?{query}", HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task List_WithPageThatIsNoNumber_Is400()
    {
        using var client = application.CreateAnonymousClient();

        var problem = await client.GetAsync("/products?page=two", HttpStatusCode.BadRequest);

        Assert.Equal(400, problem.Number("status"));
        Assert.NotEmpty(problem.Text("traceId"));
    }

    [Theory]
    [InlineData("/products/999999")]
    [InlineData("/products/not-a-number")]
    [InlineData("/products/99999999999999999999")]
    public async Task Get_UnknownProduct_Is404Problem(string path)
    {
        using var client = application.CreateAnonymousClient();

        using var response = await client.GetAsync(Http.At(path));

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.ReadAsync(HttpStatusCode.NotFound);
        Assert.Equal(path, problem.Text("instance"));
        Assert.NotEmpty(problem.Text("traceId"));
    }

    [Fact]
    public async Task Product_ByAdmin_CanBeMadeChangedAndDeleted()
    {
        using var admin = application.CreateAdminClient();

        var created = await admin.PostAsync(
            "/products",
            new { name = "Kite", description = "Flies.", price = 12.5m, category = "Tests", stockQuantity = 7 },
            HttpStatusCode.Created);
        var path = $"/products/{created.Number("id")}";
        Assert.Equal(12.5m, created.GetProperty("price").GetDecimal());
        Assert.Equal(7, created.Number("stockQuantity"));

        var updated = await admin.PutAsync(path, new { name = "Big kite", description = "Flies high.", price = 20.25m, category = "Tests" }, HttpStatusCode.OK);
        Assert.Equal("Big kite", updated.Text("name"));
        Assert.Equal(7, updated.Number("stockQuantity"));
        Assert.Equal(created.Text("createdAt"), updated.Text("createdAt"));

        await admin.DeleteAsync(path, HttpStatusCode.NoContent);
        await admin.GetAsync(path, HttpStatusCode.NotFound);
        await admin.DeleteAsync(path, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"name":"A","category":"B","price":1.999}""", "price")]
    [InlineData("""{"name":"A","category":"B","price":-1}""", "price")]
    [InlineData("""{"name":"A","category":"B"}""", "price")]
    [InlineData("""{"name":"","category":"B","price":1}""", "name")]
    [InlineData("""{"name":"A","category":"B","price":1,"currency":"dollars"}""", "currency")]
    [InlineData("""{"name":"A","category":"B","price":1,"stockQuantity":-5}""", "stockQuantity")]
    [InlineData("""{"name":"A","category":"B","price":1,"imageUrl":"javascript:alert(1)"}""", "imageUrl")]
    [InlineData("""{"name":"A","category":"B","price":"1"}""", "price")]
    public async Task Create_WithWrongField_NamesIt(string body, string field)
    {
        using var admin = application.CreateAdminClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await (await admin.PostAsync(Http.At("/products"), content)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Create_WithIdempotencyKey_HasOneEffectAndOneAnswer()
    {
        using var admin = application.CreateAdminClient();
        admin.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        var name = $"Once {Ids.New()}";
        var body = new { name, description = "", price = 5m, category = "Tests" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => admin.PostAsync("/products", body)));

        var replayed = answers.Count(static answer => answer.Headers.Contains("Idempotency-Replayed"));
        var locations = answers.Select(static answer => answer.Headers.Location).Distinct();
        var bodies = await Task.WhenAll(answers.Select(static answer => answer.Content.ReadAsStringAsync()));
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(9, replayed);
        Assert.Single(locations);
        Assert.Single(bodies.Distinct());
        var found = await admin.GetAsync($"/products?search={name.Split(' ')[1]}", HttpStatusCode.OK);
        Assert.Equal(1, found.Number("total"));

        await admin.PostAsync("/products", new { name, description = "", price = 6m, category = "Tests" }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Write_WithoutAdmin_IsRefused()
    {
        using var nobody = application.CreateAnonymousClient();
        using var customer = application.CreateClient(Ids.New());
        var body = new { name = "A", category = "B", price = 1m };

        await nobody.PostAsync("/products", body, HttpStatusCode.Unauthorized);
        await customer.PostAsync("/products", body, HttpStatusCode.Forbidden);
        await customer.PutAsync("/products/1", body, HttpStatusCode.Forbidden);
        await customer.PutAsync("/products/1/stock", new { quantity = 1 }, HttpStatusCode.Forbidden);
        await customer.DeleteAsync("/products/1", HttpStatusCode.Forbidden);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement page) => page.GetProperty("items").EnumerateArray();
}
