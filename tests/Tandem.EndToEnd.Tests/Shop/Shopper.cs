using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Tandem.EndToEnd.Tests.Shop;

/// <summary>A signed-in user of the shop's public API. Requests that get no answer are repeated with the same idempotency key.</summary>
internal sealed class Shopper(HttpClient http, User user) : IDisposable
{
    public const string Password = "Passw0rd!";

    public static readonly object Address = new { name = "Ann", street = "1 Main Street", city = "Springfield", state = "IL", zip = "62701", country = "US" };

    private static readonly TimeSpan PatienceLimit = TimeSpan.FromSeconds(90);

    public User User { get; } = user;

    public static async Task<Shopper> SignInAsync(Uri gateway, string email)
    {
        var http = new HttpClient { BaseAddress = new Uri(gateway, "/api/") };
        using var answer = await http.PostAsJsonAsync("auth/login", new { email, password = Password });
        var login = await ReadAsync<Login>(answer);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        return new Shopper(http, login.User);
    }

    public static async Task<Shopper> RegisterAsync(Uri gateway, string name)
    {
        var email = $"{name}-{Guid.NewGuid():N}@example.com";
        using var http = new HttpClient { BaseAddress = new Uri(gateway, "/api/") };
        using var answer = await http.PostAsJsonAsync("auth/register", new { email, password = Password, name });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await SignInAsync(gateway, email);
    }

    public Task<Product> ProductAsync(int id) => GetAsync<Product>($"products/{id}");

    public async Task<IReadOnlyList<Product>> ProductsAsync() => (await GetAsync<Paged<Product>>("products?pageSize=100")).Items;

    public async Task SetStockAsync(int productId, int quantity)
    {
        using var answer = await http.PutAsJsonAsync($"products/{productId}/stock", new { quantity });
        answer.EnsureSuccessStatusCode();
    }

    public async Task<Basket> AddToBasketAsync(int productId, int quantity)
    {
        using var answer = await http.PostAsJsonAsync($"baskets/{User.Id}/items", new { productId, quantity });
        return await ReadAsync<Basket>(answer);
    }

    public Task<Basket> BasketAsync() => GetAsync<Basket>($"baskets/{User.Id}");

    /// <summary>Orders until the shop acknowledges it with 202; answers the order's id.</summary>
    public async Task<string> OrderAsync(IEnumerable<OrderItem>? items = null, string token = "tok_visa", string? traceParent = null)
    {
        var key = Guid.NewGuid().ToString();
        var body = new { userId = User.Id, shippingAddress = Address, paymentMethod = new { type = "card", token }, items };
        return await PersistAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            if (traceParent is not null)
            {
                request.Headers.Add("traceparent", traceParent);
            }

            using var answer = await http.SendAsync(request);
            ThrowIfTransient(answer);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return (await ReadAsync<Order>(answer)).Id;
        });
    }

    public Task<Order> OrderAsync(string id) => GetAsync<Order>($"orders/{id}");

    public Task<IReadOnlyList<Order>> OrdersAsync() => AllAsync<Order>($"orders?userId={User.Id}");

    public Task<IReadOnlyList<Notification>> NotificationsAsync() => AllAsync<Notification>($"notifications?userId={User.Id}");

    /// <summary>What nobody could handle; for admins.</summary>
    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() => AllAsync<DeadLetter>("/admin/deadletters?");

    /// <summary>Has a dead letter sent again; for admins.</summary>
    public async Task RetryDeadLetterAsync(string id)
    {
        using var answer = await http.PostAsync($"/admin/deadletters/{id}/retry", content: null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<T>> AllAsync<T>(string path)
    {
        var all = new List<T>();
        while (true)
        {
            var page = await GetAsync<Paged<T>>($"{path}&pageSize=100&page={(all.Count / 100) + 1}");
            all.AddRange(page.Items);
            if (all.Count >= page.Total || page.Items.Count == 0)
            {
                return all;
            }
        }
    }

    private Task<T> GetAsync<T>(string path) => PersistAsync(async () =>
    {
        using var answer = await http.GetAsync(path);
        ThrowIfTransient(answer);
        return await ReadAsync<T>(answer);
    });

    // While a service or the whole mesh is down there is no answer, or one that says "later": ask again.
    private static async Task<T> PersistAsync<T>(Func<Task<T>> attempt)
    {
        using var patience = new CancellationTokenSource(PatienceLimit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (HttpRequestException)
            {
                await pause.WaitForNextTickAsync(patience.Token);
            }
        }
    }

    private static void ThrowIfTransient(HttpResponseMessage answer)
    {
        if (answer.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests)
        {
            throw new HttpRequestException($"{answer.RequestMessage?.RequestUri} answered {answer.StatusCode}");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }
}
