using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Basket;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Baskets;

/// <summary>The basket service with actors that a test can look into.</summary>
public sealed class BasketApplication : ServiceApplication<BasketService>, IAsyncLifetime
{
    public BasketApplication()
    {
        Actors = new FakeActors(Sidecar, CreateSidecarClient);
        With("ServiceCalls:Protocol", "http");
        Sidecar.Answer("product", static request =>
        {
            var id = int.Parse(request.Path.Split('/')[^1], CultureInfo.InvariantCulture);
            return id < 100
                ? InvokedAnswer.Json(new { id, name = $"Product {id}", category = "cups", price = 10.50m, currency = "USD", stockQuantity = id == 1 ? 100000 : 5 })
                : InvokedAnswer.NotFound;
        });
    }

    internal FakeActors Actors { get; }

    public async Task InitializeAsync()
    {
        await Sidecar.StartAsync();
        await Actors.StartAsync();
        With("DAPR_HTTP_ENDPOINT", Actors.Address);
        await StartAsync();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Actors.DisposeAsync();
        await base.DisposeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public static async Task<JsonElement> SendAsync(HttpClient client, string method, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"Expected {expected}, got {response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text, ServiceJson.Options);
    }
}
