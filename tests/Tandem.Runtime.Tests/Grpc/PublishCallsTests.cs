using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class PublishCallsTests : IAsyncLifetime
{
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await GrpcSidecar.StartAsync();

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Fact]
    public async Task PublishEvent_OfJson_ReachesTheSubscriberWithItsTraceAndAttributes()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "log", "orders");

        await _sidecar.Client.PublishEventAsync(
            new() { PubsubName = "log", Topic = "orders", Data = Bytes("""{"n":1}"""), DataContentType = "application/json", Metadata = { ["cloudevent.type"] = "made" } },
            new Metadata { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } });

        var received = await stream.ReceiveAsync();
        Assert.Equal("""{"n":1}""", received.Data.ToStringUtf8());
        Assert.Equal(("application/json", "made", "shop", "1.0"), (received.DataContentType, received.Type, received.Source, received.SpecVersion));
        Assert.Equal(("orders", "log", "/"), (received.Topic, received.PubsubName, received.Path));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", received.Extensions.Fields["traceparent"].StringValue);
    }

    [Theory]
    [InlineData("text/plain", "some words")]
    [InlineData("application/octet-stream", "bytes")]
    [InlineData("", "no type")]
    public async Task PublishEvent_OfOtherContent_ArrivesAsItWas(string contentType, string data)
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "log", "orders");

        await _sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "orders", Data = Bytes(data), DataContentType = contentType });

        Assert.Equal(data, (await stream.ReceiveAsync()).Data.ToStringUtf8());
    }

    [Fact]
    public async Task PublishEvent_OfARawPayload_ArrivesAsBytes()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "log", "raw", initial => initial.Metadata["rawPayload"] = "true");

        await _sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "raw", Data = Bytes("plain"), Metadata = { ["rawPayload"] = "true" } });

        var received = await stream.ReceiveAsync();
        Assert.Equal(("plain", "application/octet-stream"), (received.Data.ToStringUtf8(), received.DataContentType));
    }

    [Fact]
    public async Task BulkPublishEvent_OfSeveral_DeliversAll()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "log", "orders");

        var answer = await _sidecar.Client.BulkPublishEventAsync(new()
        {
            PubsubName = "log",
            Topic = "orders",
            Entries =
            {
                new BulkPublishRequestEntry { EntryId = "1", Event = Bytes("a"), ContentType = "text/plain" },
                new BulkPublishRequestEntry { EntryId = "2", Event = Bytes("b"), ContentType = "text/plain" },
            },
        });

        Assert.Empty(answer.FailedEntries);
        Assert.Equal(["a", "b"], new[] { (await stream.ReceiveAsync()).Data.ToStringUtf8(), (await stream.ReceiveAsync()).Data.ToStringUtf8() }.Order());
    }

    [Fact]
    public async Task Publishing_ThatCannotBe_SaysWhyInStatusAndDetails()
    {
        var unknown = await _sidecar.Client.PublishEventAsync(new() { PubsubName = "nothing", Topic = "t" }).FailsAsync(StatusCode.InvalidArgument);
        Assert.Equal("DAPR_PUBSUB_NOT_FOUND", unknown.Reason());
        Assert.Equal("DAPR_PUBSUB_NAME_EMPTY", (await _sidecar.Client.PublishEventAsync(new() { Topic = "t" }).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal("DAPR_PUBSUB_TOPIC_NAME_EMPTY", (await _sidecar.Client.PublishEventAsync(new() { PubsubName = "log" }).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal("DAPR_PUBSUB_FORBIDDEN", (await _sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "secret" }).FailsAsync(StatusCode.PermissionDenied)).Reason());
        Assert.Equal(
            "DAPR_PUBSUB_METADATA_DESERIALIZATION",
            (await _sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "t", Metadata = { ["rawPayload"] = "perhaps" } }).FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal(
            "DAPR_PUBSUB_CLOUD_EVENT_CREATION",
            (await _sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "t", Data = Bytes("no JSON"), DataContentType = "application/cloudevents+json" })
                .FailsAsync(StatusCode.InvalidArgument)).Reason());
        Assert.Equal(
            "DAPR_PUBSUB_MARSHAL_EVENTS",
            (await _sidecar.Client.BulkPublishEventAsync(new() { PubsubName = "log", Topic = "t", Entries = { new BulkPublishRequestEntry(), new BulkPublishRequestEntry() } })
                .FailsAsync(StatusCode.InvalidArgument)).Reason());
    }
}
