using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Analytics;
using Tandem.Gateway;
using Tandem.Notification;
using Tandem.Services.Tests.Baskets;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Identity;
using Tandem.Services.Tests.Orders;
using Tandem.Services.Tests.Payments;
using Tandem.Services.Tests.Product;

namespace Tandem.Services.Tests.Contract;

/// <summary>Each service that answers HTTP, started, with its document.</summary>
public sealed class EveryService : IAsyncLifetime
{
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>The app ids.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gateway", "identity", "product", "basket", "order", "payment", "notification", "analytics"];

    /// <summary>The routes of a service that its document describes.</summary>
    internal IReadOnlyList<Operation> OperationsOf(string service) => _running[service].Operations;

    /// <summary>Every route of a service, described or not.</summary>
    internal IReadOnlyList<string> EndpointsOf(string service) => _running[service].Endpoints;

    /// <summary>A client without a user.</summary>
    public HttpClient ClientOf(string service) => _running[service].CreateClient();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        foreach (var name in Names)
        {
            _running[name] = await StartAsync(name);
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var service in _running.Values)
        {
            await service.Application.DisposeAsync();
        }
    }

    private static Task<Running> StartAsync(string name) => name switch
    {
        "gateway" => StartAsync(name, new ServiceApplication<GatewayService>()),
        "identity" => StartAsync(name, new IdentityApplication()),
        "product" => StartAsync(name, new ProductApplication()),
        "basket" => StartAsync(name, new BasketApplication()),
        "order" => StartAsync(name, new OrderApplication()),
        "payment" => StartAsync(name, new PaymentApplication()),
        "notification" => StartAsync(name, new ServiceApplication<NotificationService>()),
        "analytics" => StartAsync(name, new ServiceApplication<AnalyticsService>()),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such service."),
    };

    private static async Task<Running> StartAsync<TEntry>(string name, ServiceApplication<TEntry> application)
        where TEntry : class
    {
        await ((IAsyncLifetime)application).InitializeAsync();
        using var client = application.CreateAnonymousClient();
        await using var json = await client.GetStreamAsync(Http.At("/openapi/v1.json"));
        using var document = await JsonDocument.ParseAsync(json);

        // The gateway's document may describe the services behind it too; they are looked at where they are served.
        var operations = Operation.ReadAll(document.RootElement).Where(operation => name != "gateway" || !ContractLine.Passes(operation.Route));
        return new Running(application, application.CreateAnonymousClient, [.. operations], [.. EndpointsOf(application.Services)]);
    }

    private static IEnumerable<string> EndpointsOf(IServiceProvider services)
        => services.GetServices<EndpointDataSource>()
            .SelectMany(static source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"])
                .Select(method => $"{method} {RecordedRequests.Normalize(endpoint.RoutePattern.RawText ?? "")}"))
            .Distinct(StringComparer.Ordinal);

    private sealed record Running(IAsyncDisposable Application, Func<HttpClient> CreateClient, IReadOnlyList<Operation> Operations, IReadOnlyList<string> Endpoints);
}
