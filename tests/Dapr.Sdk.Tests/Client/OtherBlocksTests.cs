using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Tandem.Testing;
using Wire = Dapr.Client.Autogen.Grpc.v1;

namespace Dapr.Sdk.Tests.Client;

public sealed class OtherBlocksTests : ClientTest
{
    [Fact]
    public async Task GetSecret_Found_HasItsEntries()
    {
        Grpc.Answers<GetSecretRequest>(static _ => new GetSecretResponse { Data = { ["user"] = "ann", ["password"] = "pw" } });

        var secret = await Client.GetSecretAsync("secretstore", "db", new Dictionary<string, string> { ["version"] = "2" });

        AssertCalled("GetSecret", new GetSecretRequest { StoreName = "secretstore", Key = "db", Metadata = { ["version"] = "2" } });
        Assert.Equal("pw", secret["password"]);
    }

    [Fact]
    public async Task GetBulkSecret_Found_HasAll()
    {
        Grpc.Answers<GetBulkSecretRequest>(static _ => new GetBulkSecretResponse
        {
            Data = { ["a"] = new SecretResponse { Secrets = { ["a"] = "1" } }, ["b"] = new SecretResponse { Secrets = { ["x"] = "2", ["y"] = "3" } } },
        });

        var secrets = await Client.GetBulkSecretAsync("secretstore");

        AssertCalled("GetBulkSecret", new GetBulkSecretRequest { StoreName = "secretstore" });
        Assert.Equal("3", secrets["b"]["y"]);
    }

    [Fact]
    public async Task InvokeBinding_Typed_SendsAndReadsJson()
    {
        Grpc.Answers<InvokeBindingRequest>(static _ => new InvokeBindingResponse { Data = Json("""{"name":"stored","size":1}""") });

        var answer = await Client.InvokeBindingAsync<Widget, Widget>("images", "create", new Widget("a", 1), new Dictionary<string, string> { ["fileName"] = "a.json" });

        AssertCalled("InvokeBinding", new InvokeBindingRequest { Name = "images", Operation = "create", Data = Json("""{"name":"a","size":1}"""), Metadata = { ["fileName"] = "a.json" } });
        Assert.Equal("stored", answer.Name);
    }

    [Fact]
    public async Task InvokeBinding_EmptyAnswer_IsTheDefault()
        => Assert.Null(await Client.InvokeBindingAsync<int, Widget>("b", "create", 1));

    [Fact]
    public async Task InvokeBinding_Bytes_GoAndComeAsTheyAre()
    {
        Grpc.Answers<InvokeBindingRequest>(static _ => new InvokeBindingResponse { Data = ByteString.CopyFrom(7, 255), Metadata = { ["statusCode"] = "201" } });

        var response = await Client.InvokeBindingAsync(new BindingRequest("b", "get") { Data = new byte[] { 0x89, 0xff }, Metadata = { ["k"] = "v" } });

        AssertCalled("InvokeBinding", new InvokeBindingRequest { Name = "b", Operation = "get", Data = ByteString.CopyFrom(0x89, 0xff), Metadata = { ["k"] = "v" } });
        Assert.Equal([7, 255], response.Data.ToArray());
        Assert.Equal("201", response.Metadata["statusCode"]);
    }

    [Fact]
    public async Task Lock_Taken_IsGivenBackWhenDisposed()
    {
        Grpc.Answers<TryLockRequest>(static _ => new Wire.TryLockResponse { Success = true });

        await using (var held = await Client.Lock("lockstore", "r", "me", 30))
        {
            AssertCalled("TryLockAlpha1", new TryLockRequest { StoreName = "lockstore", ResourceId = "r", LockOwner = "me", ExpiryInSeconds = 30 });
            Assert.True(held.Success);
        }

        Assert.Equal(new UnlockRequest { StoreName = "lockstore", ResourceId = "r", LockOwner = "me" }, Grpc.Calls[1].Request);
    }

    [Fact]
    public async Task Lock_NotTaken_IsNotGivenBack()
    {
        await using (var held = await Client.Lock("lockstore", "r", "me", 30))
        {
            Assert.False(held.Success);
        }

        Assert.Single(Grpc.Calls);
    }

    [Theory]
    [InlineData(Wire.UnlockResponse.Types.Status.Success, LockStatus.Success)]
    [InlineData(Wire.UnlockResponse.Types.Status.LockDoesNotExist, LockStatus.LockDoesNotExist)]
    [InlineData(Wire.UnlockResponse.Types.Status.LockBelongsToOthers, LockStatus.LockBelongsToOthers)]
    [InlineData(Wire.UnlockResponse.Types.Status.InternalError, LockStatus.InternalError)]
    public async Task Unlock_Status_IsTheAnswer(Wire.UnlockResponse.Types.Status sent, LockStatus status)
    {
        Grpc.Answers<UnlockRequest>(_ => new Wire.UnlockResponse { Status = sent });

        Assert.Equal(status, (await Client.Unlock("lockstore", "r", "me")).status);
    }

    [Theory]
    [InlineData(204, true)]
    [InlineData(500, false)]
    public async Task CheckHealth_Status_IsTheAnswer(int status, bool healthy)
    {
        Sidecar.Answers(status);

        Assert.Equal(healthy, await Client.CheckHealthAsync());
        Assert.Equal(healthy, await Client.CheckOutboundHealthAsync());
        Assert.Equal(["/v1.0/healthz", "/v1.0/healthz/outbound"], Sidecar.Requests.Select(static r => r.Target));
    }

    [Fact]
    public async Task CheckHealth_SidecarIsAway_IsFalse()
    {
        await Sidecar.DisposeAsync();

        Assert.False(await Client.CheckHealthAsync());
    }

    [Fact]
    public async Task WaitForSidecar_BecomesHealthy_Returns()
    {
        var calls = 0;
        Sidecar.Answers((_, response) =>
        {
            response.StatusCode = Interlocked.Increment(ref calls) < 3 ? 500 : 204;
            return Task.CompletedTask;
        });

        await Client.WaitForSidecarAsync().WithinAsync();

        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task WaitForSidecar_Cancelled_Throws()
    {
        Sidecar.Answers(500);
        using var stop = new CancellationTokenSource();
        var waiting = Client.WaitForSidecarAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithinAsync());
    }

    [Fact]
    public async Task GetMetadata_Answer_IsRead()
    {
        Grpc.Answers<GetMetadataRequest>(static _ => new GetMetadataResponse
        {
            Id = "shop",
            RegisteredComponents = { new RegisteredComponents { Name = "s", Type = "state.sqlite", Version = "v1", Capabilities = { "ETAG", "TTL" } } },
            ExtendedMetadata = { ["daprRuntimeVersion"] = "1.18" },
            ActorRuntime = new ActorRuntime { ActiveActors = { new ActiveActorsCount { Type = "Basket", Count = 3 } } },
        });

        var metadata = await Client.GetMetadataAsync();

        Assert.Equal(("shop", "1.18"), (metadata.Id, metadata.Extended["daprRuntimeVersion"]));
        Assert.Equal(("s", "state.sqlite", "ETAG,TTL"), (metadata.Components[0].Name, metadata.Components[0].Type, string.Join(',', metadata.Components[0].Capabilities)));
        Assert.Equal(("Basket", 3), (metadata.Actors[0].Type, metadata.Actors[0].Count));
    }

    [Fact]
    public async Task SetMetadata_Value_IsSent()
    {
        await Client.SetMetadataAsync("build", "4 2");

        AssertCalled("SetMetadata", new SetMetadataRequest { Key = "build", Value = "4 2" });
    }

    [Fact]
    public async Task ShutdownSidecar_Asked_Calls()
    {
        await Client.ShutdownSidecarAsync();

        AssertCalled("Shutdown", new ShutdownRequest());
    }
}
