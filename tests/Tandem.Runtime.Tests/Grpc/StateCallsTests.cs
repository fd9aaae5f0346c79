using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class StateCallsTests : IAsyncLifetime
{
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await GrpcSidecar.StartAsync();

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Theory]
    [InlineData("memory")]
    [InlineData("table")]
    public async Task GetState_OfBytesThatAreNoText_GivesThemBack(string store)
    {
        var bytes = ByteString.CopyFrom(0, 255, 1, 254);
        await _sidecar.Client.SaveStateAsync(new() { StoreName = store, States = { new StateItem { Key = "k", Value = bytes } } });

        var got = await _sidecar.Client.GetStateAsync(new() { StoreName = store, Key = "k" });

        Assert.Equal(bytes, got.Data);
        Assert.NotEmpty(got.Etag);
    }

    [Fact]
    public async Task GetState_OfAMissingKey_IsEmpty()
    {
        var got = await _sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "missing" });

        Assert.True(got.Data.IsEmpty);
        Assert.Equal("", got.Etag);
    }

    [Fact]
    public async Task SaveState_WithAStaleETag_IsAborted()
    {
        await SaveAsync("k", "1");
        var stale = (await _sidecar.Client.GetStateAsync(new() { StoreName = "table", Key = "k" })).Etag;
        await SaveAsync("k", "2");

        var first = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite };
        var status = await _sidecar.Client.SaveStateAsync(new()
        {
            StoreName = "table",
            States = { new StateItem { Key = "k", Value = Bytes("3"), Etag = new Etag { Value = stale }, Options = first } },
        }).FailsAsync(StatusCode.Aborted);
        Assert.Equal("ERR_STATE_SAVE", status.Reason());
        await _sidecar.Client.DeleteStateAsync(new() { StoreName = "table", Key = "k", Etag = new Etag { Value = stale }, Options = first }).FailsAsync(StatusCode.Aborted);
        Assert.Equal("2", (await _sidecar.Client.GetStateAsync(new() { StoreName = "table", Key = "k" })).Data.ToStringUtf8());
    }

    [Fact]
    public async Task GetState_OfAValueWithATimeToLive_TellsItsEnd()
    {
        await _sidecar.Client.SaveStateAsync(new() { StoreName = "table", States = { new StateItem { Key = "k", Value = Bytes("1"), Metadata = { ["ttlInSeconds"] = "60" } } } });

        var got = await _sidecar.Client.GetStateAsync(new() { StoreName = "table", Key = "k" });

        Assert.InRange(DateTimeOffset.Parse(got.Metadata["ttlExpireTime"], null) - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public async Task GetBulkState_OfSeveralKeys_KeepsTheirOrder()
    {
        await SaveAsync("a", "1");
        await SaveAsync("b", "2");

        var got = await _sidecar.Client.GetBulkStateAsync(new() { StoreName = "table", Keys = { "b", "missing", "a" }, Parallelism = 10 });

        Assert.Equal(["b", "missing", "a"], got.Items.Select(static item => item.Key));
        Assert.Equal(["2", "", "1"], got.Items.Select(static item => item.Data.ToStringUtf8()));
        Assert.Equal("", got.Items[1].Etag);
    }

    [Fact]
    public async Task DeleteBulkState_OfSeveralKeys_DeletesThem()
    {
        await SaveAsync("a", "1");
        await SaveAsync("b", "2");

        await _sidecar.Client.DeleteBulkStateAsync(new() { StoreName = "table", States = { new StateItem { Key = "a" }, new StateItem { Key = "b" } } });

        Assert.All((await _sidecar.Client.GetBulkStateAsync(new() { StoreName = "table", Keys = { "a", "b" } })).Items, static item => Assert.True(item.Data.IsEmpty));
    }

    [Fact]
    public async Task ExecuteStateTransaction_WithOneStaleETag_ChangesNothing()
    {
        await SaveAsync("a", "1");

        await _sidecar.Client.ExecuteStateTransactionAsync(new()
        {
            StoreName = "table",
            Operations =
            {
                new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "b", Value = Bytes("2") } },
                new TransactionalStateOperation { OperationType = "delete", Request = new StateItem { Key = "a", Etag = new Etag { Value = "00000000-0000-0000-0000-000000000000" } } },
            },
        }).FailsAsync(StatusCode.Internal);
        await _sidecar.Client.ExecuteStateTransactionAsync(new()
        {
            StoreName = "table",
            Operations = { new TransactionalStateOperation { OperationType = "rename", Request = new StateItem { Key = "b" } } },
        }).FailsAsync(StatusCode.Unimplemented);
        Assert.True((await _sidecar.Client.GetStateAsync(new() { StoreName = "table", Key = "b" })).Data.IsEmpty);

        await _sidecar.Client.ExecuteStateTransactionAsync(new()
        {
            StoreName = "table",
            Operations =
            {
                new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = "b", Value = Bytes("2") } },
                new TransactionalStateOperation { OperationType = "delete", Request = new StateItem { Key = "a" } },
            },
        });
        var got = await _sidecar.Client.GetBulkStateAsync(new() { StoreName = "table", Keys = { "a", "b" } });
        Assert.Equal(["", "2"], got.Items.Select(static item => item.Data.ToStringUtf8()));
    }

    [Fact]
    public async Task QueryState_WithAFilter_FindsTheValues()
    {
        await SaveAsync("a", """{"city":"Ulm"}""");
        await SaveAsync("b", """{"city":"Bonn"}""");

        var got = await _sidecar.Client.QueryStateAlpha1Async(new() { StoreName = "table", Query = """{"filter":{"EQ":{"city":"Ulm"}}}""" });

        Assert.Equal("a", Assert.Single(got.Results).Key);
        var status = await _sidecar.Client.QueryStateAlpha1Async(new() { StoreName = "table", Query = "{" }).FailsAsync(StatusCode.Internal);
        Assert.Equal("DAPR_STATE_QUERY_FAILED", status.Reason());
    }

    [Fact]
    public async Task Calls_ThatCannotBeCarriedOut_SayWhyInStatusAndDetails()
    {
        var unknown = await _sidecar.Client.GetStateAsync(new() { StoreName = "nothing", Key = "k" }).FailsAsync(StatusCode.InvalidArgument);
        Assert.Equal("DAPR_STATE_NOT_FOUND", unknown.Reason());
        Assert.Contains("nothing", unknown.Message, StringComparison.Ordinal);

        var illegal = await _sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "a||b" }).FailsAsync(StatusCode.InvalidArgument);
        Assert.Equal("DAPR_STATE_ILLEGAL_KEY", illegal.Reason());
        Assert.Equal("a||b", Assert.Single(illegal.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations).Field);
        Assert.Equal("memory", illegal.GetDetail<Google.Rpc.ResourceInfo>()!.ResourceName);

        await _sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Value = Bytes("1") } } }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Key = "k", Metadata = { ["ttlInSeconds"] = "soon" } } } }).FailsAsync(StatusCode.Internal);
        await _sidecar.Client.SaveStateAsync(new() { StoreName = "memory", States = { new StateItem { Key = "k", Value = Bytes("{"), Metadata = { ["contentType"] = "application/json" } } } })
            .FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.QueryStateAlpha1Async(new() { StoreName = "memory", Query = "{}" }).FailsAsync(StatusCode.Internal);
    }

    private async Task SaveAsync(string key, string value)
        => await _sidecar.Client.SaveStateAsync(new() { StoreName = "table", States = { new StateItem { Key = key, Value = Bytes(value) } } });
}
