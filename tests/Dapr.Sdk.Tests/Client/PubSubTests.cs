using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace Dapr.Sdk.Tests.Client;

public sealed class PubSubTests : ClientTest
{
    [Fact]
    public async Task PublishEvent_Data_IsJson()
    {
        await Client.PublishEventAsync("pubsub", "orders/new", new Widget("lamp", 2));

        AssertCalled("PublishEvent", new PublishEventRequest { PubsubName = "pubsub", Topic = "orders/new", Data = Json("""{"name":"lamp","size":2}"""), DataContentType = "application/json" });
    }

    [Fact]
    public async Task PublishEvent_Metadata_GoesAlong()
    {
        await Client.PublishEventAsync("pubsub", "t", 1, new Dictionary<string, string> { ["cloudevent.id"] = "a/b", ["partitionKey"] = "7" });

        var expected = new PublishEventRequest { PubsubName = "pubsub", Topic = "t", Data = Json("1"), DataContentType = "application/json" };
        expected.Metadata["cloudevent.id"] = "a/b";
        expected.Metadata["partitionKey"] = "7";
        AssertCalled("PublishEvent", expected);
    }

    [Fact]
    public async Task PublishEvent_WithoutData_HasNoDataAndNoContentType()
    {
        await Client.PublishEventAsync("pubsub", "t");

        AssertCalled("PublishEvent", new PublishEventRequest { PubsubName = "pubsub", Topic = "t" });
    }

    [Fact]
    public async Task PublishEvent_CloudEvent_KeepsItsAttributes()
    {
        await Client.PublishEventAsync("pubsub", "t", new CloudEvent<Widget>(new Widget("x", 1)) { Type = "made", Subject = "s", Source = new Uri("urn:me") });

        var sent = Grpc.Request<PublishEventRequest>();
        Assert.Equal("application/cloudevents+json", sent.DataContentType);
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(
            System.Text.Json.Nodes.JsonNode.Parse("""{"data":{"name":"x","size":1},"datacontenttype":"application/json","source":"urn:me","type":"made","subject":"s"}"""),
            System.Text.Json.Nodes.JsonNode.Parse(sent.Data.ToStringUtf8())), sent.Data.ToStringUtf8());
    }

    [Fact]
    public async Task PublishByteEvent_Bytes_GoAsTheyAre()
    {
        await Client.PublishByteEventAsync("pubsub", "t", new byte[] { 0, 255, 1 }, "application/octet-stream");

        AssertCalled("PublishEvent", new PublishEventRequest { PubsubName = "pubsub", Topic = "t", Data = ByteString.CopyFrom(0, 255, 1), DataContentType = "application/octet-stream" });
    }

    [Fact]
    public async Task PublishEvent_UnknownComponent_ThrowsItsReason()
    {
        Grpc.Fails<PublishEventRequest>(StatusCode.NotFound, "pubsub nowhere is not found", "DAPR_PUBSUB_NOT_FOUND");

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.PublishEventAsync("nowhere", "t", 1));
        Assert.Equal("DAPR_PUBSUB_NOT_FOUND", failure.ErrorCode);
        Assert.Contains("pubsub nowhere is not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BulkPublish_All_AreInOneCall()
    {
        var answer = await Client.BulkPublishEventAsync("pubsub", "t", ["a", "b"], new Dictionary<string, string> { ["ttlInSeconds"] = "5" });

        Assert.Empty(answer.FailedEntries);
        var expected = new BulkPublishRequest
        {
            PubsubName = "pubsub",
            Topic = "t",
            Metadata = { ["ttlInSeconds"] = "5" },
            Entries =
            {
                new BulkPublishRequestEntry { EntryId = "0", Event = Json("\"a\""), ContentType = "application/json", Metadata = { ["ttlInSeconds"] = "5" } },
                new BulkPublishRequestEntry { EntryId = "1", Event = Json("\"b\""), ContentType = "application/json", Metadata = { ["ttlInSeconds"] = "5" } },
            },
        };
        AssertCalled("BulkPublishEventAlpha1", expected);
    }

    [Fact]
    public async Task BulkPublish_Bytes_GoAsTheyAre()
    {
        await Client.BulkPublishEventAsync("pubsub", "t", new List<byte[]> { new byte[] { 0, 255 } });

        var entry = Assert.Single(Grpc.Request<BulkPublishRequest>().Entries);
        Assert.Equal(("application/octet-stream", ByteString.CopyFrom(0, 255)), (entry.ContentType, entry.Event));
    }

    [Fact]
    public async Task BulkPublish_SomeFail_NamesThem()
    {
        Grpc.Answers<BulkPublishRequest>(static _ => new BulkPublishResponse { FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "1", Error = "too big" } } });

        var failed = Assert.Single((await Client.BulkPublishEventAsync("pubsub", "t", ["a", "b"])).FailedEntries);

        Assert.Equal(("b", "too big"), (failed.Entry.EventData, failed.ErrorMessage));
    }

    [Fact]
    public async Task BulkPublish_WholeCallFails_Throws()
    {
        Grpc.Fails<BulkPublishRequest>(StatusCode.NotFound, "no");

        await Assert.ThrowsAsync<DaprApiException>(() => Client.BulkPublishEventAsync("nowhere", "t", ["a"]));
    }
}
