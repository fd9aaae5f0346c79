using System.Globalization;
using Tandem.EndToEnd.Tests.Mesh;
using Tandem.EndToEnd.Tests.Shop;
using Tandem.Testing;

namespace Tandem.EndToEnd.Tests.Observability;

/// <summary>A mesh that sends its spans to a collector of the tests' own and logs JSON, after an order of each outcome.</summary>
public sealed class ObservedMesh : IAsyncLifetime
{
    /// <summary>The trace and the span of the client that placed the order which was delivered.</summary>
    internal const string TraceId = "5b8aa5a2d2c872e8321cf37308d69df2";
    internal const string ClientSpanId = "051581bf3cb55c13";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private SpanCollector? _collector;
    private RunningMesh? _mesh;

    internal SpanCollector Collector => _collector ?? throw new InvalidOperationException("The mesh is not running.");

    internal RunningMesh Mesh => _mesh ?? throw new InvalidOperationException("The mesh is not running.");

    public async Task InitializeAsync()
    {
        _collector = await SpanCollector.StartAsync(isGrpc: true, CancellationToken.None);
        _mesh = await RunningMesh.StartNewAsync(environment: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_collector.Port}"),
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["LOG_FORMAT"] = "json",
            ["LOG_LEVEL"] = "debug",
        });
        using var shopper = await Shopper.RegisterAsync(_mesh.Gateway, "observed");
        var products = await shopper.ProductsAsync();
        var product = products.First(static p => p.StockQuantity >= 20);
        var scarce = products.Where(static p => p.StockQuantity > 0).MinBy(static p => p.StockQuantity)!;
        await shopper.AddToBasketAsync(product.Id, 1);
        var delivered = await shopper.OrderAsync(traceParent: $"00-{TraceId}-{ClientSpanId}-01");
        var declined = await shopper.OrderAsync([new OrderItem(product.Id, 1)], "tok_declined");
        var rejected = await shopper.OrderAsync([new OrderItem(scarce.Id, scarce.StockQuantity + 1)]);
        await EndOfAsync(shopper, delivered, "delivered");
        await EndOfAsync(shopper, declined, "cancelled");
        await EndOfAsync(shopper, rejected, "rejected");
    }

    public async Task DisposeAsync()
    {
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }

        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }
    }

    private static Task<Order> EndOfAsync(Shopper shopper, string orderId, string status)
        => Eventually.SeeAsync(() => shopper.OrderAsync(orderId), o => o.Status == status, Limit, o => o.Status);
}

/// <summary>One mesh for all that look at it.</summary>
[CollectionDefinition(nameof(ObservedMesh))]
public sealed class ObservedMeshCollection : ICollectionFixture<ObservedMesh>;
