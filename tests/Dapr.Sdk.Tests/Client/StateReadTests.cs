using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Common.Exceptions;
using Google.Protobuf;
using Grpc.Core;
using Wire = Dapr.Client.Autogen.Grpc.v1;

namespace Dapr.Sdk.Tests.Client;

public sealed class StateReadTests : ClientTest
{
    private void Answers(string json, string etag = "") => Grpc.Answers<GetStateRequest>(_ => new GetStateResponse { Data = Json(json), Etag = etag });

    [Fact]
    public async Task GetState_ExistingKey_ReadsTheValue()
    {
        Answers("""{"name":"lamp","size":2}""", "17");

        Assert.Equal(new Widget("lamp", 2), await Client.GetStateAsync<Widget>("statestore", "a/b c"));
        AssertCalled("GetState", new GetStateRequest { StoreName = "statestore", Key = "a/b c" });
    }

    [Fact]
    public async Task GetState_MissingKey_IsTheDefault()
    {
        Assert.Null(await Client.GetStateAsync<Widget>("statestore", "key"));
        Assert.Equal(0, await Client.GetStateAsync<int>("statestore", "key"));
    }

    [Fact]
    public async Task GetState_WithOptions_SendsThem()
    {
        await Client.GetStateAsync<int>("s", "k", ConsistencyMode.Strong, new Dictionary<string, string> { ["partitionKey"] = "p q" });

        AssertCalled("GetState", new GetStateRequest
        {
            StoreName = "s",
            Key = "k",
            Consistency = Wire.StateOptions.Types.StateConsistency.ConsistencyStrong,
            Metadata = { ["partitionKey"] = "p q" },
        });
    }

    [Fact]
    public async Task GetStateAndETag_ExistingKey_HasTheETag()
    {
        Answers("5", "not-quoted");

        Assert.Equal((5, "not-quoted"), await Client.GetStateAndETagAsync<int>("s", "k"));
    }

    [Fact]
    public async Task GetStateAndETag_MissingKey_HasAnEmptyETag()
        => Assert.Equal((null, ""), await Client.GetStateAndETagAsync<string>("s", "k"));

    [Fact]
    public async Task GetByteState_Bytes_AreWhatIsStored()
    {
        Grpc.Answers<GetStateRequest>(static _ => new GetStateResponse { Data = ByteString.CopyFrom(0, 255), Etag = "4" });

        Assert.Equal([0, 255], (await Client.GetByteStateAsync("s", "k")).ToArray());
        var (bytes, etag) = await Client.GetByteStateAndETagAsync("s", "k");
        Assert.Equal([0, 255], bytes.ToArray());
        Assert.Equal("4", etag);
    }

    [Fact]
    public async Task GetStateEntry_ThenTrySave_SendsTheETagItWasReadWith()
    {
        Answers("""{"name":"lamp","size":2}""", "17");
        var entry = await Client.GetStateEntryAsync<Widget>("s", "k");
        entry.Value = entry.Value with { Size = 3 };

        Assert.True(await entry.TrySaveAsync());

        var item = new StateItem { Key = "k", Value = Json("""{"name":"lamp","size":3}"""), Etag = new Etag { Value = "17" } };
        Assert.Equal(new SaveStateRequest { StoreName = "s", States = { item } }, Grpc.Calls[1].Request);
    }

    [Fact]
    public async Task GetState_ValueOfAnotherShape_SaysWhatItIsNot()
    {
        Answers("\"text\"");

        var failure = await Assert.ThrowsAsync<DaprException>(() => Client.GetStateAsync<Widget>("s", "k"));
        Assert.Contains("Widget", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetBulkState_SomeKeysMissing_GivesDefaults()
    {
        Grpc.Answers<GetBulkStateRequest>(static _ => new GetBulkStateResponse
        {
            Items = { new Wire.BulkStateItem { Key = "a", Data = Json("""{"name":"x","size":1}"""), Etag = "1" }, new Wire.BulkStateItem { Key = "b" } },
        });

        var items = await Client.GetBulkStateAsync<Widget>("s", ["a", "b"], parallelism: 4);

        AssertCalled("GetBulkState", new GetBulkStateRequest { StoreName = "s", Keys = { "a", "b" }, Parallelism = 4 });
        Assert.Equal([("a", new Widget("x", 1), "1"), ("b", null, "")], items.Select(static i => (i.Key, (Widget?)i.Value, i.ETag)));
    }

    [Fact]
    public async Task GetBulkState_Untyped_GivesText()
    {
        Grpc.Answers<GetBulkStateRequest>(static _ => new GetBulkStateResponse
        {
            Items = { new Wire.BulkStateItem { Key = "a", Data = Json("""{"n":1}""") }, new Wire.BulkStateItem { Key = "b" } },
        });

        Assert.Equal(["""{"n":1}""", ""], (await Client.GetBulkStateAsync("s", ["a", "b"], null)).Select(static i => i.Value));
    }

    [Fact]
    public async Task GetBulkState_KeyThatFails_Throws()
    {
        Grpc.Answers<GetBulkStateRequest>(static _ => new GetBulkStateResponse { Items = { new Wire.BulkStateItem { Key = "a", Error = "disk on fire" } } });

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.GetBulkStateAsync<int>("s", ["a"], null));
        Assert.Contains("disk on fire", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryState_Page_HasResultsAndToken()
    {
        Grpc.Answers<QueryStateRequest>(static _ => new QueryStateResponse { Results = { new QueryStateItem { Key = "a", Data = Json("""{"name":"x","size":1}"""), Etag = "3" } }, Token = "next" });

        var page = await Client.QueryStateAsync<Widget>("s", """{"filter":{}}""");

        AssertCalled("QueryStateAlpha1", new QueryStateRequest { StoreName = "s", Query = """{"filter":{}}""" });
        Assert.Equal(("next", "a", new Widget("x", 1)), (page.Token, page.Results[0].Key, page.Results[0].Data));
    }

    [Fact]
    public async Task QueryState_SomeKeysFail_ThrowsWithTheOthers()
    {
        Grpc.Answers<QueryStateRequest>(static _ => new QueryStateResponse { Results = { new QueryStateItem { Key = "a", Error = "torn" }, new QueryStateItem { Key = "b", Data = Json("1") } } });

        var failure = await Assert.ThrowsAsync<StateQueryException<int>>(() => Client.QueryStateAsync<int>("s", "{}"));

        Assert.Equal("a", Assert.Single(failure.FailedKeys));
        Assert.Equal("b", Assert.Single(failure.Response.Results).Key);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "state store s is not found", "DAPR_STATE_NOT_FOUND", "DAPR_STATE_NOT_FOUND", false)]
    [InlineData(StatusCode.Unavailable, "not ready", null, "UNAVAILABLE", true)]
    [InlineData(StatusCode.FailedPrecondition, "state store is not configured", null, "FAILED_PRECONDITION", false)]
    [InlineData(StatusCode.DeadlineExceeded, "late", null, "DEADLINE_EXCEEDED", true)]
    public async Task AnyCall_SidecarAnswersAnError_ThrowsItsCodeAndMessage(StatusCode status, string detail, string? reason, string code, bool transient)
    {
        Grpc.Fails<GetStateRequest>(status, detail, reason);

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.GetStateAsync<int>("s", "k"));

        Assert.Equal((code, transient), (failure.ErrorCode, failure.IsTransient));
        Assert.Equal(status, Assert.IsType<RpcException>(failure.InnerException).StatusCode);
        Assert.Contains(status == StatusCode.DeadlineExceeded ? "in time" : detail, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_ErrorWithDetails_CanBeReadWhole()
    {
        Grpc.Fails<GetStateRequest>(StatusCode.InvalidArgument, "state store s is not found", "DAPR_STATE_NOT_FOUND");

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.GetStateAsync<int>("s", "k"));

        Assert.True(failure.TryGetExtendedErrorInfo(out var info));
        Assert.Equal((3, "state store s is not found"), (info.Code, info.Message));
        var error = Assert.IsType<DaprErrorInfoDetail>(info.Details[0]);
        Assert.Equal(("DAPR_STATE_NOT_FOUND", "dapr.io", "shop"), (error.Reason, error.Domain, error.Metadata!["appid"]));
        Assert.Equal(new DaprResourceInfoDetail("state", "s", "", ""), info.Details[1]);
    }

    [Fact]
    public async Task AnyCall_SidecarIsAway_ThrowsWhereItWasLookedFor()
    {
        await Sidecar.DisposeAsync();

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.GetStateAsync<int>("s", "k"));

        Assert.Equal(("UNAVAILABLE", true), (failure.ErrorCode, failure.IsTransient));
        Assert.Contains(Sidecar.GrpcEndpoint.AbsoluteUri, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.TryGetExtendedErrorInfo(out _));
    }

    [Fact]
    public async Task AnyCall_Cancelled_ThrowsWhatDotNetThrows()
    {
        var reached = new TaskCompletionSource();
        Grpc.Answers<GetStateRequest>(async (_, context) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new GetStateResponse();
        });
        using var stop = new CancellationTokenSource();
        var call = Client.GetStateAsync<int>("s", "k", cancellationToken: stop.Token);
        await Tandem.Testing.Deadline.WithinAsync(reached.Task);
        await stop.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Tandem.Testing.Deadline.WithinAsync(call));
        Assert.Equal(stop.Token, cancelled.CancellationToken);
    }
}
