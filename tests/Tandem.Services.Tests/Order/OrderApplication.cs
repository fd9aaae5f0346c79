using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Order;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Orders;

/// <summary>The order service among fake neighbours; quick to look for what it left unfinished.</summary>
public sealed class OrderApplication : ServiceApplication<OrderService>
{
    public OrderApplication()
    {
        With("Saga:SweepInterval", "00:00:00.100");
        Shop = new FakeShop();
        Shop.Connect(Sidecar);
    }

    internal FakeShop Shop { get; private set; }

    /// <summary>The same neighbours and the same database as another instance has, as after a restart.</summary>
    internal static OrderApplication Over(FakeShop shop, string database, ManualTimeProvider? clock = null)
    {
        var application = new OrderApplication { Shop = shop, Clock = clock };
        shop.Connect(application.Sidecar);
        application.With("ConnectionStrings:order-db", database);
        return application;
    }

    internal static Dictionary<string, object?> Request(string userId, string token = "tok_visa", params (int ProductId, int Quantity)[] items) => new()
    {
        ["userId"] = userId,
        ["shippingAddress"] = new { name = "Ann", street = "1 Main St", city = "Springfield", state = "IL", zip = "62701", country = "US" },
        ["paymentMethod"] = new { type = "card", token },
        ["items"] = items.Length == 0 ? null : items.Select(static item => new { productId = item.ProductId, quantity = item.Quantity }),
    };

    /// <summary>Places an order and answers its id.</summary>
    internal static async Task<string> PlaceAsync(HttpClient client, string userId, string token = "tok_visa", params (int ProductId, int Quantity)[] items)
    {
        using var response = await client.PostAsJsonAsync("/orders", Request(userId, token, items));
        return (await ReadAsync(response, HttpStatusCode.Accepted)).GetProperty("id").GetString()!;
    }

    public static async Task<JsonElement> GetAsync(HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object? body, HttpStatusCode expected)
    {
        using var response = await client.PostAsJsonAsync(path, body ?? new { });
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"Expected {expected}, got {response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text, ServiceJson.Options);
    }

    /// <summary>Lets the service's time pass until something has come about.</summary>
    public async Task<T> PassTimeUntilAsync<T>(Task<T> done, TimeSpan? step = null)
    {
        while (!done.IsCompleted)
        {
            Clock!.Advance(step ?? TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(done, Task.Delay(TimeSpan.FromMilliseconds(5)));
        }

        return await done;
    }

    /// <summary>Looks at an order's saga until it is as it should be.</summary>
    public async Task<JsonElement> SeeSagaAsync(string orderId, Func<JsonElement, bool> fits)
    {
        using var admin = CreateAdminClient();
        using var patience = new CancellationTokenSource(Deadline);
        while (true)
        {
            var saga = await GetAsync(admin, $"/admin/sagas/{orderId}");
            if (fits(saga))
            {
                return saga;
            }

            Assert.False(patience.IsCancellationRequested, $"The saga stays {saga}");
            await Task.Yield();
        }
    }

    /// <summary>The statuses that an order went through.</summary>
    public static string[] History(JsonElement order) => [.. order.GetProperty("history").EnumerateArray().Select(static change => change.GetProperty("status").GetString()!)];
}
