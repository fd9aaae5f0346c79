using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;
using static Tandem.Services.Tests.Orders.OrderApplication;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Orders;

/// <summary>
/// A process that dies in the middle of a saga: the call under way gets no answer, nothing more is stored, and another process finds the order
/// as the last transaction left it. Before the effect of the call and after it, at every step, on the way there and on the way back.
/// </summary>
[Trait("Storage", "Relational")]
public sealed class SagaRestartTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tandem-orders-");
    private readonly string _user = Ids.New();
    private readonly FakeShop _shop = new();

    private string Database => TestDatabase.ConnectionString(_data.FullName, "order");

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("reserve", false)]
    [InlineData("reserve", true)]
    [InlineData("create", false)]
    [InlineData("create", true)]
    [InlineData("process", false)]
    [InlineData("process", true)]
    [InlineData("commit", false)]
    [InlineData("commit", true)]
    [InlineData("checkout", false)]
    [InlineData("checkout", true)]
    public async Task Order_WhoseProcessDiesAtAStep_IsFinishedByTheNextStart(string operation, bool afterEffect)
    {
        string id;
        await using (var first = Over(_shop, Database))
        {
            await first.StartAsync();
            var held = _shop.Hold(operation, afterEffect);
            using var client = first.CreateClient(_user);
            id = await PlaceAsync(client, _user);
            await held.Reached.WithinAsync();
            DropOnStop(first, held);
        }

        await using var second = Over(_shop, Database);
        await second.StartAsync();

        await second.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(98, _shop.StockOf(1));
        Assert.Equal(1, _shop.Charges);
        Assert.Single(_shop.Payments);
        Assert.Equal(1, _shop.CheckedOut);
    }

    [Theory]
    [InlineData("refund", false)]
    [InlineData("refund", true)]
    [InlineData("release", false)]
    [InlineData("release", true)]
    public async Task Cancellation_WhoseProcessDiesAtAStep_IsFinishedByTheNextStart(string operation, bool afterEffect)
    {
        string id;
        await using (var first = Over(_shop, Database))
        {
            await first.StartAsync();
            using var client = first.CreateClient(_user);
            id = await PlaceAsync(client, _user);
            await first.Sidecar.WaitForAsync<OrderPaid>();
            var held = _shop.Hold(operation, afterEffect);
            using var response = await client.PostAsync(new Uri($"/orders/{id}/cancel", UriKind.Relative), null);
            Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
            await held.Reached.WithinAsync();
            DropOnStop(first, held);
        }

        await using var second = Over(_shop, Database);
        await second.StartAsync();

        Assert.Equal("refunded", (await second.Sidecar.WaitForAsync<OrderCancelled>(e => e.OrderId == id)).Status);
        Assert.Equal(1, _shop.Refunds);
        Assert.Equal(100, _shop.StockOf(1));
        Assert.Single(second.Sidecar.PublishedOf<OrderCancelled>());
    }

    [Fact]
    public async Task Order_OfAProcessThatIsGone_IsTakenOverOnceItsLeaseIsOver()
    {
        string id;
        await using (var first = Over(_shop, Database))
        {
            first.With("Saga:Owner", "first").With("Saga:Lease", "00:10:00");
            await first.StartAsync();
            var held = _shop.Hold("process");
            using var client = first.CreateClient(_user);
            id = await PlaceAsync(client, _user);
            await held.Reached.WithinAsync();
            DropOnStop(first, held);
        }

        await using var second = Over(_shop, Database, new ManualTimeProvider());
        second.With("Saga:Owner", "second");
        await second.StartAsync();
        second.Clock!.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal("take_payment", (await second.SeeSagaAsync(id, static _ => true)).GetProperty("step").GetString());
        Assert.Equal(0, _shop.Charges);

        second.Clock.Advance(TimeSpan.FromMinutes(3));

        await second.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        Assert.Equal(1, _shop.Charges);
    }

    /// <summary>What hangs ends without an effect once the process is gone, as a broken connection does.</summary>
    private static void DropOnStop(OrderApplication application, HeldCall held)
        => application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(held.Drop);
}
