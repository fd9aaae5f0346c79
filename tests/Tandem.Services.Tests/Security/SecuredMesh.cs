using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.Identity.Tokens;
using Tandem.Notification;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Baskets;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Identity;
using Tandem.Services.Tests.Notification;
using Tandem.Services.Tests.Orders;
using Tandem.Services.Tests.Payments;
using Tandem.Services.Tests.Product;

namespace Tandem.Services.Tests.Security;

/// <summary>
/// Every service behind the gateway, each with something that belongs to one user, the owner. What the tests of this folder say of routes they say
/// of all that the services map, so a new route is among them by itself.
/// </summary>
public sealed class SecuredMesh : IAsyncLifetime
{
    private readonly ServiceApplication<AnalyticsService> _analytics = new();
    private readonly BasketApplication _basket = new();
    private readonly IdentityApplication _identity = new();
    private readonly ServiceApplication<NotificationService> _notification = new();
    private readonly OrderApplication _order = new();
    private readonly PaymentApplication _payment = new();
    private readonly ProductApplication _product = new();
    private readonly Dictionary<string, SecuredService> _services = new(StringComparer.Ordinal);

    /// <summary>The services by their app ids.</summary>
    public static IReadOnlyList<string> All { get; } = ["analytics", "basket", "identity", "notification", "order", "payment", "product"];

    /// <summary>The same for theories.</summary>
    public static TheoryData<string> Names => [.. All];

    /// <summary>Those that speak gRPC.</summary>
    public static TheoryData<string> GrpcNames => ["basket", "identity", "order", "payment", "product"];

    internal SecuredService this[string name] => _services[name];

    public async Task InitializeAsync()
    {
        await Task.WhenAll(
            _analytics.StartAsync(), _basket.InitializeAsync(), _identity.StartAsync(), _notification.StartAsync(), _order.StartAsync(), _payment.StartAsync(), _product.StartAsync());
        await Task.WhenAll(AddBasketAsync(), AddIdentityAsync(), AddNotificationAsync(), AddOrderAsync(), AddPaymentAsync());
        Add("analytics", _analytics, Ids.New(), Ids.New());
        Add("product", _product, Ids.New(), Ids.New());
    }

    public async Task DisposeAsync()
    {
        foreach (var application in (IAsyncDisposable[])[_analytics, _basket, _identity, _notification, _order, _payment, _product])
        {
            await application.DisposeAsync();
        }
    }

    private async Task AddBasketAsync()
    {
        var owner = Ids.New();
        using var client = _basket.CreateClient(owner);
        await BasketApplication.SendAsync(client, "POST", $"/baskets/{owner}/items", new { productId = 1, quantity = 2 });
        Add("basket", _basket, owner, owner, $"/baskets/{owner}");
    }

    private async Task AddNotificationAsync()
    {
        var owner = Ids.New();
        await _notification.DeliverAsync(NotificationEvents.OrderPaid(owner));
        var id = (await _notification.ListAsync(owner))[0].GetProperty("id").GetString()!;
        Add("notification", _notification, owner, id, $"/notifications/{id}");
    }

    private async Task AddOrderAsync()
    {
        var owner = Ids.New();
        using var client = _order.CreateClient(owner);
        var id = await OrderApplication.PlaceAsync(client, owner, items: (1, 1));
        await _order.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Add("order", _order, owner, id, $"/orders/{id}");
    }

    private async Task AddPaymentAsync()
    {
        var owner = Ids.New();
        using var client = _payment.CreateClient(owner);
        var id = (await PaymentApplication.CreateAsync(client, owner)).GetProperty("id").GetString()!;
        Add("payment", _payment, owner, id, $"/payments/{id}");
    }

    private async Task AddIdentityAsync()
    {
        var owner = await _identity.RegisterAsync();
        var stranger = await _identity.RegisterAsync();
        using var nobody = _identity.CreateAnonymousClient();
        var admin = await nobody.PostAsync("/auth/login", new { email = "admin@example.com", password = IdentityApplication.Password }, System.Net.HttpStatusCode.OK);
        var id = owner.GetProperty("user").GetProperty("id").GetString()!;
        _services["identity"] = new SecuredService(
            "identity", _identity.Services, _identity.CreateAnonymousClient, _identity.Logs, id, id,
            owner.GetProperty("accessToken").GetString()!, stranger.GetProperty("accessToken").GetString()!, admin.GetProperty("accessToken").GetString()!,
            _identity.Services.GetRequiredService<KeyRing>().Current, () => _identity.Server.CreateHandler(), "/users/me");
    }

    private void Add<TEntry>(string name, ServiceApplication<TEntry> application, string owner, string ownersId, string? ownersPath = null)
        where TEntry : class
        => _services[name] = new SecuredService(
            name, application.Services, application.CreateAnonymousClient, application.Logs, owner, ownersId,
            TestTokens.Create(owner), TestTokens.Create(Ids.New()), TestTokens.Create(Ids.New(), [TandemClaims.AdminRole]),
            TestTokens.Credentials, () => application.Server.CreateHandler(), ownersPath);
}

/// <summary>One service and who its clients are.</summary>
/// <param name="Owner">The user whose things are there.</param>
/// <param name="OwnersId">The id of the owner's thing, for a route's <c>{id}</c>.</param>
/// <param name="Credentials">What this service takes for identity's key.</param>
/// <param name="OwnersPath">Where the owner sees it.</param>
internal sealed record SecuredService(
    string Name,
    IServiceProvider Services,
    Func<HttpClient> CreateClient,
    CapturedLogs Logs,
    string Owner,
    string OwnersId,
    string OwnerToken,
    string StrangerToken,
    string AdminToken,
    SigningCredentials Credentials,
    Func<HttpMessageHandler> CreateHandler,
    string? OwnersPath)
{
    /// <summary>The HTTP routes that somebody must be signed in for, or be a service or a sidecar.</summary>
    public IReadOnlyList<SecuredRoute> GuardedRoutes => [.. Routes.Where(static route => !route.IsOpen)];

    /// <summary>The HTTP routes.</summary>
    public IEnumerable<SecuredRoute> Routes => Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(static endpoint => endpoint.Metadata.GetMetadata<global::Grpc.AspNetCore.Server.GrpcMethodMetadata>() is null)
        .SelectMany(SecuredRoute.Of);

    public HttpClient ClientOf(string token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    /// <summary>What the owner sees.</summary>
    public async Task<string> ViewAsync()
    {
        if (OwnersPath is null)
        {
            return "";
        }

        using var client = ClientOf(OwnerToken);
        using var response = await client.GetAsync(new Uri(OwnersPath, UriKind.Relative));
        return $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }
}

/// <summary>Shares the mesh.</summary>
[CollectionDefinition(nameof(SecuredMesh))]
public sealed class SecuredMeshCollection : ICollectionFixture<SecuredMesh>;
