using System.Text.Json.Nodes;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.AspNetCore;

public sealed class SubscribeHandlerTests : AppTest
{
    [Fact]
    public async Task MinimalApi_Topic_IsARoute()
        => await AssertSubscriptionsAsync(
            static app => app.MapPost("/orders/new", Ok).WithTopic("pubsub", "orders"),
            """[{"pubsubname":"pubsub","topic":"orders","route":"/orders/new"}]""");

    [Fact]
    public async Task MinimalApi_Group_IsPartOfTheRoute()
        => await AssertSubscriptionsAsync(
            static app => app.MapGroup("/events").MapPost("/orders", Ok).WithTopic("pubsub", "orders"),
            """[{"pubsubname":"pubsub","topic":"orders","route":"/events/orders"}]""");

    [Fact]
    public async Task TopicOptions_Everything_IsSaid()
        => await AssertSubscriptionsAsync(
            static app => app.MapPost("/o", Ok).WithTopic(new TopicOptions
            {
                PubsubName = "pubsub",
                Name = "orders",
                DeadLetterTopic = "orders-dead",
                EnableRawPayload = true,
                Metadata = new Dictionary<string, string> { ["maxInFlight"] = "5" },
            }).WithBulkSubscribe(new BulkSubscribeTopicOptions { TopicName = "orders", MaxMessagesCount = 7, MaxAwaitDurationMs = 9 }),
            """[{"pubsubname":"pubsub","topic":"orders","route":"/o","deadLetterTopic":"orders-dead","metadata":{"maxInFlight":"5","rawPayload":"true"},"bulkSubscribe":{"enabled":true,"maxMessagesCount":7,"maxAwaitDurationMs":9}}]""");

    [Fact]
    public async Task Rules_Several_AreInOrderOfPriorityWithADefault()
        => await AssertSubscriptionsAsync(
            static app =>
            {
                app.MapPost("/other", Ok).WithTopic("pubsub", "orders");
                app.MapPost("/second", Ok).WithMetadata(new TopicAttribute("pubsub", "orders", "event.type == \"b\"", 2));
                app.MapPost("/first", Ok).WithMetadata(new TopicAttribute("pubsub", "orders", "event.type == \"a\"", 1));
            },
            """[{"pubsubname":"pubsub","topic":"orders","routes":{"rules":[{"match":"event.type == \"a\"","path":"/first"},{"match":"event.type == \"b\"","path":"/second"}],"default":"/other"}}]""");

    [Fact]
    public async Task Metadata_OwnedById_GoesWithItsTopicAndIsJoined()
        => await AssertSubscriptionsAsync(
            static app => app.MapPost("/o", Ok).WithMetadata(
                new TopicAttribute("pubsub", "a", ["one"], "|"),
                new TopicAttribute("pubsub", "b"),
                new TopicMetadataAttribute("one", "tag", "x"),
                new TopicMetadataAttribute("one", "tag", "y"),
                new TopicMetadataAttribute("all", "1")),
            """[{"pubsubname":"pubsub","topic":"a","route":"/o","metadata":{"tag":"x|y","all":"1"}},{"pubsubname":"pubsub","topic":"b","route":"/o","metadata":{"all":"1"}}]""");

    [Fact]
    public async Task SubscribeOptions_RawPayload_HoldsForAll()
        => await AssertSubscriptionsAsync(
            static app => app.MapPost("/o", Ok).WithTopic("pubsub", "a"),
            """[{"pubsubname":"pubsub","topic":"a","route":"/o","metadata":{"rawPayload":"true"}}]""",
            new SubscribeOptions { EnableRawPayload = true });

    [Fact]
    public async Task NoTopics_IsAnEmptyList() => await AssertSubscriptionsAsync(static _ => { }, "[]");

    [Fact]
    public async Task Controller_Attributes_AreSubscriptions()
    {
        await StartAsync(
            static app =>
            {
                app.MapControllers();
                app.MapSubscribeHandler();
            },
            static builder => builder.Services.AddControllers().AddDapr().ConfigureApplicationPartManager(Only<SubscribingController>));

        Assert.Equal("""[{"pubsubname":"pubsub","topic":"stock","route":"/stock/changed","bulkSubscribe":{"enabled":true,"maxMessagesCount":10,"maxAwaitDurationMs":1000}}]""", await ReadAsync());
    }

    internal static void Only<TController>(ApplicationPartManager parts)
    {
        parts.ApplicationParts.Clear();
        parts.FeatureProviders.Clear();
        parts.FeatureProviders.Add(new OneController(typeof(TController)));
    }

    private static IResult Ok() => Results.Ok();

    private async Task AssertSubscriptionsAsync(Action<WebApplication> map, string expected, SubscribeOptions? options = null)
    {
        await StartAsync(app =>
        {
            map(app);
            app.MapGet("/unrelated/{id}", Ok);
            app.MapSubscribeHandler(options ?? new SubscribeOptions());
        });
        var actual = await ReadAsync();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
    }

    private Task<string> ReadAsync() => Http.GetStringAsync(new Uri("/dapr/subscribe", UriKind.Relative));

    private sealed class OneController(Type type) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(System.Reflection.IntrospectionExtensions.GetTypeInfo(type));
    }
}

[ApiController]
public sealed class SubscribingController : ControllerBase
{
    [HttpPost("/stock/changed")]
    [Topic("pubsub", "stock")]
    [BulkSubscribe("stock", 10)]
    public IActionResult Changed() => Ok();
}
