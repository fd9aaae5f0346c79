using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

[Trait("Storage", "Relational")]
public sealed class EventsTests
{
    private static void Map(WebApplication app) => app.MapEvents(Topics.Users, static on => on.Handle<UserRegistered, Recorder>());

    [Fact]
    public async Task Deliver_SameEventManyTimes_HasOneEffect()
    {
        await using var service = await TestService.StartAsync(Map);
        var body = Envelope("event-1", "UserRegistered", "Bob");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeliverAsync(service, body)));

        Assert.All(answers, static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(["Bob event-1 UserRegistered tests u1"], await service.EffectsAsync());
    }

    [Fact]
    public async Task Deliver_HandlerThrows_Is500AndCanBeDeliveredAgain()
    {
        await using var service = await TestService.StartAsync(Map);

        var first = await DeliverAsync(service, Envelope("event-2", "UserRegistered", "fail once"));
        Recorder.Failed.TryAdd("event-2", true);
        var second = await DeliverAsync(service, Envelope("event-2", "UserRegistered", "fail once"));

        Assert.Equal(HttpStatusCode.InternalServerError, first);
        Assert.Equal(HttpStatusCode.OK, second);
        Assert.Single(await service.EffectsAsync());
    }

    [Fact]
    public async Task Deliver_TypeWithoutHandler_IsAcknowledged()
    {
        await using var service = await TestService.StartAsync(Map);

        Assert.Equal(HttpStatusCode.OK, await DeliverAsync(service, Envelope("event-3", "UserLeft", "Bob")));
        Assert.Empty(await service.EffectsAsync());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","type":"UserRegistered"}""")]
    [InlineData("{")]
    public async Task Deliver_WhatIsNoCloudEvent_IsRefused(string body)
    {
        await using var service = await TestService.StartAsync(Map);

        var status = await DeliverAsync(service, body);

        Assert.True((int)status >= 400, $"{status}");
    }

    [Fact]
    public async Task Deliver_ByAnybodyElse_IsRefused()
    {
        await using var service = await TestService.StartAsync(Map);
        using var client = service.Client;
        client.DefaultRequestHeaders.Add("dapr-caller-app-id", "order");
        using var content = new StringContent(Envelope("event-4", "UserRegistered", "Bob"), Encoding.UTF8, "application/cloudevents+json");

        using var response = await client.PostAsync(Http.At("/events/user-events"), content);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await service.EffectsAsync());
    }

    [Fact]
    public async Task Subscriptions_AreToldToTheSidecar()
    {
        await using var service = await TestService.StartAsync(Map);
        using var client = service.Client;

        var subscriptions = await client.GetFromJsonAsync<JsonElement>("/dapr/subscribe");

        var subscription = Assert.Single(subscriptions.EnumerateArray());
        Assert.Equal("pubsub", subscription.GetProperty("pubsubname").GetString());
        Assert.Equal("user-events", subscription.GetProperty("topic").GetString());
        Assert.Equal("user-events-dead", subscription.GetProperty("deadLetterTopic").GetString());
        Assert.Contains("events/user-events", subscription.ToString(), StringComparison.Ordinal);
    }

    private static string Envelope(string id, string type, string name) => JsonSerializer.Serialize(new
    {
        specversion = "1.0",
        id,
        type,
        source = "tests",
        subject = "u1",
        time = "2026-01-02T03:04:05Z",
        datacontenttype = "application/json",
        data = new { userId = "u1", email = "u1@example.com", name },
    });

    private static async Task<HttpStatusCode> DeliverAsync(TestService service, string body)
    {
        using var client = service.Client;
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        using var response = await client.PostAsync(Http.At("/events/user-events"), content);
        return response.StatusCode;
    }

    private sealed class Recorder : IEventHandler<UserRegistered>
    {
        public static System.Collections.Concurrent.ConcurrentDictionary<string, bool> Failed { get; } = new();

        public async Task HandleAsync(UserRegistered e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
        {
            await TestService.AddEffectAsync(tx, $"{e.Name} {metadata.Id} {metadata.Type} {metadata.Source} {metadata.Subject}");
            if (e.Name == "fail once" && !Failed.ContainsKey(metadata.Id))
            {
                throw new InvalidOperationException("on purpose");
            }
        }
    }
}
