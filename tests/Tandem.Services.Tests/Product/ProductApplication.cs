using System.Net;
using System.Text.Json;
using Tandem.Product;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Product;

/// <summary>The product service.</summary>
public sealed class ProductApplication : ServiceApplication<ProductService>
{
    /// <summary>A product of a test's own.</summary>
    public async Task<int> AddProductAsync(int stock, string? name = null, decimal price = 9.99m, string category = "Tests")
    {
        using var admin = CreateAdminClient();
        var product = await admin.PostAsync(
            "/products",
            new { name = name ?? $"Thing {Ids.New()}", description = "Made by a test.", price, category, stockQuantity = stock },
            HttpStatusCode.Created);
        return product.Number("id");
    }

    public async Task<int> StockOfAsync(int productId) => (await ProductAsync(productId)).Number("stockQuantity");

    public async Task<JsonElement> ProductAsync(int productId)
    {
        using var client = CreateAnonymousClient();
        return await client.GetAsync($"/products/{productId}", HttpStatusCode.OK);
    }
}
