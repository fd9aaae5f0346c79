using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Baskets;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Payments;
using Tandem.Testing;
using BasketMessage = Tandem.Contracts.Grpc.Basket.V1.Basket;
using ProductMessage = Tandem.Contracts.Grpc.Product.V1.Product;

namespace Tandem.Services.Tests.Grpc;

/// <summary>Basket asks product, and payment asks basket, by gRPC: what the neighbour says and what goes wrong on the way.</summary>
public sealed class NeighbourTests : IAsyncLifetime
{
    private readonly string _user = Ids.New();
    private readonly int _port = FreePorts.Take();
    private readonly Neighbours _neighbours = new();
    private WebApplication? _sidecar;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenLocalhost(_port, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new FakeDaprService(new FakeSidecar()));
        builder.Services.AddSingleton(new FakeProducts(_neighbours));
        builder.Services.AddSingleton(new FakeBaskets(_neighbours));
        _sidecar = builder.Build();
        _sidecar.MapGrpcService<FakeDaprService>();
        _sidecar.MapGrpcService<FakeProducts>();
        _sidecar.MapGrpcService<FakeBaskets>();
        await _sidecar.StartAsync();
    }

    public async Task DisposeAsync() => await _sidecar!.DisposeAsync();

    [Fact]
    public async Task Basket_AsksProductThroughTheSidecar()
    {
        await using var application = await StartBasketAsync();
        using var client = application.CreateClient(_user);

        var basket = await client.PostAsync($"/baskets/{_user}/items", new { productId = 7, quantity = 2 }, HttpStatusCode.OK);

        Assert.Equal("Tea", basket.GetProperty("items")[0].Text("name"));
        Assert.Equal(25.10m, basket.GetProperty("total").GetDecimal());
        Assert.Equal("EUR", basket.Text("currency"));
        var asked = Assert.Single(_neighbours.Asked);
        Assert.Equal(("product", "the-token-of-the-sidecar"), (asked.GetValue("dapr-app-id"), asked.GetValue("dapr-api-token")));
        Assert.DoesNotContain(application.Sidecar.Invoked, static request => request.AppId == "product");
    }

    [Theory]
    [InlineData(StatusCode.NotFound, HttpStatusCode.NotFound)]
    [InlineData(StatusCode.Unavailable, HttpStatusCode.ServiceUnavailable)]
    [InlineData(StatusCode.PermissionDenied, HttpStatusCode.ServiceUnavailable)]
    [InlineData(StatusCode.Unknown, HttpStatusCode.ServiceUnavailable)]
    public async Task Basket_WhoseProductFails_SaysSo(StatusCode ending, HttpStatusCode expected)
    {
        _neighbours.Ending = ending;
        await using var application = await StartBasketAsync();
        using var client = application.CreateClient(_user);

        await client.PostAsync($"/baskets/{_user}/items", new { productId = 7, quantity = 2 }, expected);
    }

    [Fact]
    public async Task Basket_WithoutASidecar_Is503()
    {
        await _sidecar!.StopAsync();
        await using var application = await StartBasketAsync();
        using var client = application.CreateClient(_user);

        await client.PostAsync($"/baskets/{_user}/items", new { productId = 7, quantity = 2 }, HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Payment_AsksBasketThroughTheSidecar()
    {
        await using var application = await StartPaymentAsync();
        using var client = application.CreateClient(_user);

        var payment = await client.PostAsync("/payments", new { userId = _user, basketId = _user, method = "card", token = "tok_visa" }, HttpStatusCode.Created);

        Assert.Equal((12.50m, "EUR"), (payment.GetProperty("amount").GetDecimal(), payment.Text("currency")));
        Assert.Equal((7, "Tea", 6.25m, 2), ItemOf(payment));
        Assert.Equal("basket", Assert.Single(_neighbours.Asked).GetValue("dapr-app-id"));

        static (int, string, decimal, int) ItemOf(System.Text.Json.JsonElement payment)
        {
            var item = payment.GetProperty("items")[0];
            return (item.Number("productId"), item.Text("name"), item.GetProperty("price").GetDecimal(), item.Number("quantity"));
        }
    }

    [Theory]
    [InlineData(StatusCode.NotFound, HttpStatusCode.Conflict)]
    [InlineData(StatusCode.Unavailable, HttpStatusCode.ServiceUnavailable)]
    public async Task Payment_WhoseBasketFails_SaysSo(StatusCode ending, HttpStatusCode expected)
    {
        _neighbours.Ending = ending;
        await using var application = await StartPaymentAsync();
        using var client = application.CreateClient(_user);

        await client.PostAsync("/payments", new { userId = _user, basketId = _user, method = "card", token = "tok_visa" }, expected);
    }

    [Fact]
    public async Task Setting_ThatIsNoProtocol_StopsTheStart()
    {
        await using var application = new PaymentApplication();
        application.With("ServiceCalls:Protocol", "carrier pigeon");

        var exception = await Assert.ThrowsAnyAsync<Exception>(application.StartAsync);

        Assert.Contains("ServiceCalls:Protocol", exception.ToString(), StringComparison.Ordinal);
    }

    private async Task<BasketApplication> StartBasketAsync()
    {
        var application = new BasketApplication();
        Connect(application);
        await application.InitializeAsync();
        return application;
    }

    private async Task<PaymentApplication> StartPaymentAsync()
    {
        var application = new PaymentApplication();
        Connect(application);
        await application.StartAsync();
        return application;
    }

    private void Connect<TEntry>(ServiceApplication<TEntry> application)
        where TEntry : class
        => application.With("ServiceCalls:Protocol", "grpc").With("DAPR_GRPC_ENDPOINT", $"http://127.0.0.1:{_port}").With("DAPR_API_TOKEN", "the-token-of-the-sidecar");

    private sealed class Neighbours
    {
        public ConcurrentQueue<Metadata> Asked { get; } = new();

        public StatusCode Ending { get; set; }

        public T Answer<T>(ServerCallContext context, T answer)
        {
            Asked.Enqueue(context.RequestHeaders);
            return Ending == StatusCode.OK ? answer : throw new RpcException(new Status(Ending, "as the test wants it"));
        }
    }

    private sealed class FakeProducts(Neighbours neighbours) : ProductService.ProductServiceBase
    {
        public override Task<ProductMessage> GetProduct(GetProductRequest request, ServerCallContext context) => Task.FromResult(neighbours.Answer(
            context, new ProductMessage { Id = request.Id, Name = "Tea", Category = "drinks", Price = 12.55m.ToMoney("EUR"), StockQuantity = 9 }));
    }

    private sealed class FakeBaskets(Neighbours neighbours) : BasketService.BasketServiceBase
    {
        public override Task<BasketMessage> GetBasket(GetBasketRequest request, ServerCallContext context) => Task.FromResult(neighbours.Answer(context, new BasketMessage
        {
            Id = request.UserId,
            UserId = request.UserId,
            Items = { new BasketItem { ProductId = 7, Name = "Tea", Category = "drinks", Price = 6.25m.ToMoney("EUR"), Quantity = 2, Subtotal = 12.50m.ToMoney("EUR") } },
            Total = 12.50m.ToMoney("EUR"),
        }));
    }
}
