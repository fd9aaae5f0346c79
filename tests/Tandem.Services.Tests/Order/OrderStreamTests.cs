using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Orders.OrderApplication;

namespace Tandem.Services.Tests.Orders;

/// <summary>The server-sent events of an order: reconnecting, silence, the end.</summary>
public sealed class OrderStreamTests : IAsyncLifetime
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
    public async Task Events_AfterReconnecting_GoOnWhereTheClientWas()
    {
        using var client = _application.CreateClient(_user);
        var (id, paid) = await PayAsync(client);
        using (var first = await OpenAsync(client, id, null))
        {
            Assert.Equal("retry: 1000", (await ReadEventAsync(first)).Single(static line => line.StartsWith("retry", StringComparison.Ordinal)));
            Assert.Contains("id: 1", await ReadEventAsync(first));
        }

        using var second = await OpenAsync(client, id, "1");
        var next = await ReadEventAsync(second);
        Assert.Contains("id: 2", next);
        Assert.Contains(next, static line => line.Contains("\"paid\"", StringComparison.Ordinal));
        await _application.DeliverAsync(new OrderShipped { OrderId = id, UserId = _user, Total = paid.Total, Currency = "USD", Items = paid.Items, Status = "shipped", TrackingNumber = "T-3" });
        Assert.Contains("id: 3", await ReadEventAsync(second));
        await _application.DeliverAsync(new OrderDelivered { OrderId = id, UserId = _user, Total = paid.Total, Currency = "USD", Items = paid.Items, Status = "delivered", TrackingNumber = "T-3" });
        Assert.Contains("id: 4", await ReadEventAsync(second));
        Assert.Null(await second.ReadLineAsync().WaitAsync(OrderApplication.Deadline));
    }

    [Fact]
    public async Task Events_OfAnEndedOrderOfWhichAllWasHeard_Are204()
    {
        using var client = _application.CreateClient(_user);
        _application.Shop.SetStock(1, 0);
        var id = await PlaceAsync(client, _user);
        await _application.Sidecar.WaitForAsync<OrderRejected>(e => e.OrderId == id);

        using var heard = await SendAsync(client, id, "1");
        using var partly = await SendAsync(client, id, "0");
        using var nonsense = await SendAsync(client, id, "99");

        Assert.Equal(HttpStatusCode.NoContent, heard.StatusCode);
        Assert.Equal(["id: 1"], Lines(await partly.Content.ReadAsStringAsync(), "id"));
        Assert.Equal(["id: 0", "id: 1"], Lines(await nonsense.Content.ReadAsStringAsync(), "id"));
    }

    [Fact]
    public async Task Events_WithoutNews_BeatAtOnceAndEveryFifteenSeconds()
    {
        using var client = _application.CreateClient(_user);
        var (id, _) = await PayAsync(client);

        using var stream = await OpenAsync(client, id, "2");
        Assert.Contains("event: heartbeat", await ReadEventAsync(stream));
        var next = ReadEventAsync(stream);
        await _application.PassTimeUntilAsync(next, TimeSpan.FromSeconds(1));

        Assert.Contains("event: heartbeat", await next);
    }

    [Fact]
    public async Task Events_WhenTheServiceStops_End()
    {
        using var client = _application.CreateClient(_user);
        var (id, _) = await PayAsync(client);
        using var stream = await OpenAsync(client, id, "2");
        await ReadEventAsync(stream);

        _application.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Null(await stream.ReadLineAsync().WaitAsync(OrderApplication.Deadline));
    }

    private async Task<(string Id, OrderPaid Paid)> PayAsync(HttpClient client)
    {
        var id = await PlaceAsync(client, _user);
        return (id, await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == id));
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, string id, string? lastEventId)
    {
        var response = await SendAsync(client, id, lastEventId);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string id, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/orders/{id}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The lines of the next event.</summary>
    private static async Task<List<string>> ReadEventAsync(StreamReader stream)
    {
        List<string> lines = [];
        while (await stream.ReadLineAsync().WaitAsync(OrderApplication.Deadline) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static IEnumerable<string> Lines(string text, string field) => text.Split('\n').Where(line => line.StartsWith(field + ":", StringComparison.Ordinal));
}
