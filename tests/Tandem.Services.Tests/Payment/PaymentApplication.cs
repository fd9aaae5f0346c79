using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Payment;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Payments;

/// <summary>The payment service; a test may put a provider of its own into it.</summary>
public sealed class PaymentApplication : ServiceApplication<PaymentService>
{
    public PaymentApplication() => With("ServiceCalls:Protocol", "http");

    internal IPaymentProvider? Provider { get; init; }

    /// <summary>Makes a payment of an amount and answers what the service said.</summary>
    public static async Task<JsonElement> CreateAsync(HttpClient client, string userId, string token = "tok_visa", decimal amount = 25.50m)
    {
        using var response = await client.PostAsJsonAsync("/payments", new { userId, amount, method = "card", token });
        return await ReadAsync(response, HttpStatusCode.Created);
    }

    /// <summary>Reads an answer that must have this status.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"Expected {expected}, got {response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text, ServiceJson.Options);
    }

    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.PostAsJsonAsync(path, body ?? new { });
        return await ReadAsync(response, expected);
    }

    public static async Task<JsonElement> GetAsync(HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response, expected);
    }

    protected override void ConfigureServices(IServiceCollection services)
    {
        if (Provider is { } provider)
        {
            services.Replace(ServiceDescriptor.Singleton(provider));
        }
    }
}
