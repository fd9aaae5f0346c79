using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

/// <summary>A stuck saga is visible, and goes on when an admin says so.</summary>
public sealed class SagaAdminTests : IAsyncLifetime
{
    private readonly OrderApplication _application = new() { Clock = new ManualTimeProvider() };
    private readonly string _user = Ids.New();

    public Task InitializeAsync()
    {
        _application.With("Saga:SweepInterval", "01:00:00");
        return _application.StartAsync();
    }

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Sagas_OfAShopWithTrouble_ShowWhatIsStuckAndWhy()
    {
        using var client = _application.CreateClient(_user);
        using var admin = _application.CreateAdminClient();
        var paid = await PlaceAsync(client, _user);
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == paid);
        _application.Shop.SetStock(2, 0);
        var rejected = await PlaceAsync(client, _user, "tok_visa", (2, 1));
        await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == rejected);
        _application.Shop.Fail("reserve");
        var stuck = await PlaceAsync(client, _user);
        var first = await _application.SeeSagaAsync(stuck, static saga => saga.Number("attempts") == 1);
        Assert.Equal("retrying", first.Text("state"));
        var failingSince = _application.Clock!.GetUtcNow();

        _application.Clock.Advance(TimeSpan.FromSeconds(61));
        await _application.SeeSagaAsync(stuck, static saga => saga.Text("state") == "stuck" && saga.Number("attempts") > 1);

        var page = await GetAsync(admin, "/admin/sagas?state=stuck");
        Assert.Equal(1, page.Number("total"));
        var saga = page.GetProperty("items")[0];
        Assert.Equal((stuck, _user, "reserve_stock", "pending"), (saga.Text("orderId"), saga.Text("userId"), saga.Text("step"), saga.Text("orderStatus")));
        Assert.True(saga.Number("attempts") > 1);
        Assert.Contains("answered 503", saga.Text("lastError"), StringComparison.Ordinal);
        Assert.InRange(saga.GetProperty("stuckSince").GetDateTimeOffset(), failingSince.AddSeconds(-1), failingSince.AddSeconds(1));
        Assert.True(saga.GetProperty("nextAttemptAt").GetDateTimeOffset() > failingSince.AddSeconds(50));
        Assert.Equal(await GetAsync(admin, $"/admin/sagas/{stuck}"), saga, (one, other) => one.ToString() == other.ToString());

        Assert.Equal([stuck, paid], OrderIds(await GetAsync(admin, "/admin/sagas")));
        Assert.Equal([paid], OrderIds(await GetAsync(admin, "/admin/sagas?state=waiting")));
        Assert.Equal([rejected], OrderIds(await GetAsync(admin, "/admin/sagas?state=done")));
        Assert.Empty(OrderIds(await GetAsync(admin, "/admin/sagas?state=running")));
        Assert.Empty(OrderIds(await GetAsync(admin, "/admin/sagas?state=retrying")));
        Assert.Equal([paid], OrderIds(await GetAsync(admin, "/admin/sagas?page=2&pageSize=1")));
        var problem = await GetAsync(admin, "/admin/sagas?state=lost", HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("state", out _));
        await GetAsync(admin, "/admin/sagas?pageSize=0", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Resume_OfAStuckSaga_TriesItAtOnce()
    {
        _application.Shop.Fail("reserve");
        using var client = _application.CreateClient(_user);
        using var admin = _application.CreateAdminClient();
        var id = await PlaceAsync(client, _user);
        await _application.SeeSagaAsync(id, static saga => saga.Number("attempts") > 0);
        _application.Clock!.Advance(TimeSpan.FromSeconds(61));
        await _application.SeeSagaAsync(id, static saga => saga.Text("state") == "stuck" && saga.Number("attempts") > 1);
        _application.Shop.Heal();

        // No time passes any more: without the admin it would wait half a minute for its next attempt.
        var resumed = await PostAsync(admin, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Accepted);

        Assert.Equal(id, resumed.Text("orderId"));
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id);
        await PostAsync(admin, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Resume_OfWhatIsUnknownOrNotStuck_IsRefused()
    {
        using var client = _application.CreateClient(_user);
        using var admin = _application.CreateAdminClient();
        _application.Shop.SetStock(2, 0);
        var rejected = await PlaceAsync(client, _user, "tok_visa", (2, 1));
        await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == rejected);
        var held = _application.Shop.Hold("reserve");
        var running = await PlaceAsync(client, _user);

        await PostAsync(admin, $"/admin/sagas/{Ids.New()}/resume", null, HttpStatusCode.NotFound);
        await PostAsync(admin, "/admin/sagas/abc/resume", null, HttpStatusCode.NotFound);
        await GetAsync(admin, $"/admin/sagas/{Ids.New()}", HttpStatusCode.NotFound);
        await GetAsync(admin, "/admin/sagas/abc", HttpStatusCode.NotFound);
        var done = await PostAsync(admin, $"/admin/sagas/{rejected}/resume", null, HttpStatusCode.Conflict);
        var busy = await PostAsync(admin, $"/admin/sagas/{running}/resume", null, HttpStatusCode.Conflict);

        Assert.Contains("nothing of it is left to do", done.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("nothing holds it up", busy.Text("detail"), StringComparison.Ordinal);
        held.Release();
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == running);
    }

    [Fact]
    public async Task Sagas_AreForAdminsAlone()
    {
        using var client = _application.CreateClient(_user);
        using var nobody = _application.CreateAnonymousClient();
        using var service = _application.CreateServiceClient("payment");
        var id = await PlaceAsync(client, _user);

        foreach (var path in (string[])["/admin/sagas", $"/admin/sagas/{id}"])
        {
            await GetAsync(client, path, HttpStatusCode.Forbidden);
            await GetAsync(nobody, path, HttpStatusCode.Unauthorized);
            await GetAsync(service, path, HttpStatusCode.Unauthorized);
        }

        await PostAsync(client, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Forbidden);
        await PostAsync(nobody, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Unauthorized);
        await PostAsync(service, $"/admin/sagas/{id}/resume", null, HttpStatusCode.Unauthorized);
    }

    private static IEnumerable<string> OrderIds(System.Text.Json.JsonElement page)
        => page.GetProperty("items").EnumerateArray().Select(static saga => saga.Text("orderId"));
}
