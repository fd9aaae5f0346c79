using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tandem.EndToEnd.Tests.Shop;

/// <summary>
/// One client of the public API with connections of its own, for tests that want to see every answer as it is. Only what surely had no effect is
/// asked again: what the gateway turned away for its rate.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http;

    private ApiClient(Uri gateway, Login login)
    {
        _http = new HttpClient { BaseAddress = new Uri(gateway, "/api/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        Login = login;
    }

    public Login Login { get; }

    public string UserId => Login.User.Id;

    public static async Task<ApiClient> SignInAsync(Uri gateway, string email)
    {
        using var http = new HttpClient { BaseAddress = new Uri(gateway, "/api/") };
        using var answer = await http.PostAsJsonAsync("auth/login", new { email, password = Shopper.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new ApiClient(gateway, (await answer.Content.ReadFromJsonAsync<Login>())!);
    }

    public static async Task<ApiClient> RegisterAsync(Uri gateway, string name)
    {
        var email = $"{name}-{Guid.NewGuid():N}@example.com";
        using var http = new HttpClient { BaseAddress = new Uri(gateway, "/api/") };
        using var answer = await http.PostAsJsonAsync("auth/register", new { email, password = Shopper.Password, name });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await SignInAsync(gateway, email);
    }

    /// <summary>Another client of the same user.</summary>
    public ApiClient Another() => new(new Uri(_http.BaseAddress!, "/"), Login);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            using var response = await _http.SendAsync(request, patience.Token);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                var text = await response.Content.ReadAsStringAsync(patience.Token);
                return new ApiAnswer(response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), response.Headers.Contains("Idempotency-Replayed"));
            }

            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), patience.Token);
        }
    }

    public async Task<T> GetAsync<T>(string path) => Read<T>(await SendAsync(HttpMethod.Get, path), path);

    public async Task<T> PostAsync<T>(string path, object? body, HttpStatusCode expected)
    {
        var answer = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(answer.Status == expected, $"POST {path} was answered {(int)answer.Status}: {answer.Body}");
        return Read<T>(answer, path);
    }

    /// <summary>What a request for an order of one product says.</summary>
    public object OrderOf(int productId, int quantity) => new
    {
        userId = UserId,
        shippingAddress = Shopper.Address,
        paymentMethod = new { type = "card", token = "tok_visa" },
        items = new[] { new { productId, quantity } },
    };

    /// <summary>A product that nobody else orders; for admins.</summary>
    public Task<Product> AddProductAsync(string name, decimal price, int stock)
        => PostAsync<Product>("products", new { name, description = "Made for a test.", price, category = "Tests", stockQuantity = stock }, HttpStatusCode.Created);

    public void Dispose() => _http.Dispose();

    private static T Read<T>(ApiAnswer answer, string path)
    {
        Assert.True((int)answer.Status < 300, $"{path} was answered {(int)answer.Status}: {answer.Body}");
        return answer.Body.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body, bool IsReplayed);

/// <summary>A payment as the API shows it.</summary>
internal sealed record Payment(string Id, string OrderId, string Status, decimal Amount, decimal RefundedAmount);
