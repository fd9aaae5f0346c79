using System.Text.Json;
using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using StateOptions = Dapr.Client.StateOptions;
using Wire = Dapr.Client.Autogen.Grpc.v1.StateOptions;

namespace Dapr.Sdk.Tests.Client;

public sealed class StateWriteTests : ClientTest
{
    private static readonly StateOptions FirstStrong = new() { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong };

    private static readonly Wire WireFirstStrong = new()
    {
        Concurrency = Wire.Types.StateConcurrency.ConcurrencyFirstWrite,
        Consistency = Wire.Types.StateConsistency.ConsistencyStrong,
    };

    [Fact]
    public async Task SaveState_WithEverything_SendsEverything()
    {
        await Client.SaveStateAsync("statestore", "k", new Widget("e", 1), FirstStrong, new Dictionary<string, string> { ["ttlInSeconds"] = "60" });

        var item = new StateItem { Key = "k", Value = Json("""{"name":"e","size":1}"""), Options = WireFirstStrong, Metadata = { ["ttlInSeconds"] = "60" } };
        AssertCalled("SaveState", new SaveStateRequest { StoreName = "statestore", States = { item } });
    }

    [Fact]
    public async Task SaveState_Null_SendsNull()
    {
        await Client.SaveStateAsync<Widget?>("s", "k", null);

        AssertCalled("SaveState", new SaveStateRequest { StoreName = "s", States = { new StateItem { Key = "k", Value = Json("null") } } });
    }

    [Fact]
    public async Task SaveByteState_Bytes_GoAsTheyAre()
    {
        await Client.SaveByteStateAsync("s", "k", new byte[] { 0, 255 });

        AssertCalled("SaveState", new SaveStateRequest { StoreName = "s", States = { new StateItem { Key = "k", Value = ByteString.CopyFrom(0, 255) } } });
    }

    [Fact]
    public async Task TrySaveState_SomebodyWroteFirst_IsFalse()
    {
        Grpc.Fails<SaveStateRequest>(StatusCode.Aborted, "possible etag mismatch");

        Assert.False(await Client.TrySaveStateAsync("s", "k", 1, "old"));
        AssertCalled("SaveState", new SaveStateRequest { StoreName = "s", States = { new StateItem { Key = "k", Value = Json("1"), Etag = new Etag { Value = "old" } } } });
    }

    [Fact]
    public async Task TrySaveByteState_SomebodyWroteFirst_IsFalse()
    {
        Grpc.Fails<SaveStateRequest>(StatusCode.Aborted, "possible etag mismatch");

        Assert.False(await Client.TrySaveByteStateAsync("s", "k", new byte[] { 1 }, "old"));
    }

    [Fact]
    public async Task TrySaveState_OtherFailure_Throws()
    {
        Grpc.Fails<SaveStateRequest>(StatusCode.Internal, "disk full");

        await Assert.ThrowsAsync<DaprApiException>(() => Client.TrySaveStateAsync("s", "k", 1, "e"));
    }

    [Fact]
    public async Task SaveState_SomebodyWroteFirst_Throws()
    {
        Grpc.Fails<SaveStateRequest>(StatusCode.Aborted, "possible etag mismatch");

        Assert.Equal("ABORTED", (await Assert.ThrowsAsync<DaprApiException>(() => Client.SaveStateAsync("s", "k", 1, FirstStrong))).ErrorCode);
    }

    [Fact]
    public async Task SaveBulkState_SeveralItems_IsOneCall()
    {
        await Client.SaveBulkStateAsync("s", [new SaveStateItem<int>("a", 1, "7"), new SaveStateItem<int>("b", 2, null)]);

        AssertCalled("SaveState", new SaveStateRequest
        {
            StoreName = "s",
            States = { new StateItem { Key = "a", Value = Json("1"), Etag = new Etag { Value = "7" } }, new StateItem { Key = "b", Value = Json("2") } },
        });
    }

    [Fact]
    public async Task SaveBulkState_NoItems_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(() => Client.SaveBulkStateAsync<int>("s", []));

    [Fact]
    public async Task DeleteState_WithOptions_SendsThem()
    {
        await Client.DeleteStateAsync("s", "k", FirstStrong);

        AssertCalled("DeleteState", new DeleteStateRequest { StoreName = "s", Key = "k", Options = WireFirstStrong });
    }

    [Fact]
    public async Task TryDeleteState_Mismatch_IsFalseAndTheETagWasSent()
    {
        Grpc.Fails<DeleteStateRequest>(StatusCode.Aborted, "possible etag mismatch");

        Assert.False(await Client.TryDeleteStateAsync("s", "k", "22"));
        AssertCalled("DeleteState", new DeleteStateRequest { StoreName = "s", Key = "k", Etag = new Etag { Value = "22" } });
    }

    [Fact]
    public async Task DeleteBulkState_SeveralKeys_IsOneCall()
    {
        await Client.DeleteBulkStateAsync("s", [new BulkDeleteStateItem("a", null), new BulkDeleteStateItem("b", "1", FirstStrong)]);

        AssertCalled("DeleteBulkState", new DeleteBulkStateRequest
        {
            StoreName = "s",
            States = { new StateItem { Key = "a" }, new StateItem { Key = "b", Etag = new Etag { Value = "1" }, Options = WireFirstStrong } },
        });
    }

    [Fact]
    public async Task ExecuteStateTransaction_UpsertAndDelete_IsOneCall()
    {
        await Client.ExecuteStateTransactionAsync(
            "s",
            [
                new StateTransactionRequest("a", JsonSerializer.SerializeToUtf8Bytes(new { n = 1 }), StateOperationType.Upsert, "4"),
                new StateTransactionRequest("b", null, StateOperationType.Delete),
            ],
            new Dictionary<string, string> { ["partitionKey"] = "p" });

        AssertCalled("ExecuteStateTransaction", new ExecuteStateTransactionRequest
        {
            StoreName = "s",
            Metadata = { ["partitionKey"] = "p" },
            Operations =
            {
                new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "a", Value = Json("""{"n":1}"""), Etag = new Etag { Value = "4" } } },
                new TransactionalStateOperation { OperationType = "delete", Request = new StateItem { Key = "b" } },
            },
        });
    }

    [Fact]
    public async Task ExecuteStateTransaction_NoOperations_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(() => Client.ExecuteStateTransactionAsync("s", []));
}
