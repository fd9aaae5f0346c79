using System.Text;
using System.Text.Json;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Actors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class BulkEventSenderTests
{
    private readonly FakeApp _app = new();

    [Fact]
    public async Task SendAsync_AppNamesAStatusForSome_EachEventHasItsOwn()
    {
        _app.Answer = static request => FakeApp.Ok(Statuses(request.Body, static number => number switch
        {
            0 => "SUCCESS",
            1 => "RETRY",
            2 => "DROP",
            _ => null,
        }));
        await using var sender = Create();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => sender.SendAsync(Event(number), default).AsTask())).WithinAsync();

        Assert.Equal(
            [DeliveryStatus.Success, DeliveryStatus.Retry, DeliveryStatus.Drop, DeliveryStatus.Retry],
            results.Select(static result => result.Status));
        Assert.Single(_app.All);
    }

    [Fact]
    public async Task SendAsync_Suspect_IsSentByItself()
    {
        _app.Answer = static request => request.Body.Contains("\"number\":1}", StringComparison.Ordinal)
            ? throw new AppUnreachableException("broken") { Broke = true }
            : FakeApp.Ok(Statuses(request.Body, static _ => "SUCCESS"));
        await using var sender = Create();

        var bad = sender.SendAsync(Event(1) with { IsSuspect = true }, default).AsTask();
        var good = await Task.WhenAll(Enumerable.Range(2, 3).Select(number => sender.SendAsync(Event(number), default).AsTask())).WithinAsync();

        Assert.All(good, static result => Assert.Equal(DeliveryStatus.Success, result.Status));
        await Assert.ThrowsAsync<AppUnreachableException>(() => bad.WithinAsync());
        Assert.Equal(2, _app.All.Count);
    }

    [Fact]
    public async Task SendAsync_BrokerThatBundles_NumbersTheEntriesAndSaysWhatItKnowsOfThem()
    {
        _app.Answer = static request => FakeApp.Ok(Statuses(request.Body, static _ => "SUCCESS"));
        await using var sender = Create(numbersEntries: true);

        var events = Enumerable.Range(0, 4).Select(number => sender.SendAsync(Event(number) with { Metadata = new Dictionary<string, string> { ["__offset"] = $"{number}" } }, default).AsTask());
        Assert.All(await Task.WhenAll(events).WithinAsync(), static result => Assert.Equal(DeliveryStatus.Success, result.Status));

        using var document = JsonDocument.Parse(Assert.Single(_app.All).Body);
        var entries = document.RootElement.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["0", "1", "2", "3"], entries.Select(static entry => entry.GetProperty("entryId").GetString()));
        Assert.Equal(["0", "1", "2", "3"], entries.Select(static entry => entry.GetProperty("metadata").GetProperty("__offset").GetString()).Order());
    }

    private static DeliveredEvent Event(int number)
        => new(Encoding.UTF8.GetBytes($$"""{"id":"{{number}}","number":{{number}}}"""), null, null, "/orders", IsExpired: false);

    private static string Statuses(string body, Func<int, string?> statusOf)
    {
        using var document = JsonDocument.Parse(body);
        var statuses = document.RootElement.GetProperty("entries").EnumerateArray()
            .Select(entry => (Id: entry.GetProperty("entryId").GetString(), Status: statusOf(entry.GetProperty("event").GetProperty("number").GetInt32())))
            .Where(static entry => entry.Status is not null)
            .Select(static entry => new { entryId = entry.Id, status = entry.Status });
        return JsonSerializer.Serialize(new { statuses });
    }

    /// <summary>Bundles by number: all four, whenever they come.</summary>
    private BulkEventSender Create(bool numbersEntries = false) => new(
        _app,
        new SubscriptionResource { Id = new ResourceId("test.yaml", 1, "Subscription", "test"), PubSubName = "bus", Topic = "orders", DefaultRoute = "/orders" },
        new BulkSubscribeOptions(4, TimeSpan.FromSeconds(20)),
        TimeProvider.System)
    {
        NumbersEntries = numbersEntries,
    };
}
