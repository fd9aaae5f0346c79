using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>Secrets, bindings, metadata.</summary>
public sealed class OtherBlocksTests : IAsyncLifetime
{
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await GrpcSidecar.StartAsync(
        static options => options with { AppPort = 9, AppHealthCheckEnabled = true, AppMaxConcurrency = 7 },
        configuration: """
              secrets:
                scopes:
                - storeName: vault
                  defaultAccess: allow
                  deniedSecrets: ["hidden"]
            """);

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Fact]
    public async Task Secrets_WithinTheScope_AreReadAndOthersAreNot()
    {
        Assert.Equal("k-123", (await _sidecar.Client.GetSecretAsync(new() { StoreName = "vault", Key = "api-key" })).Data["api-key"]);
        Assert.Equal(["api-key"], (await _sidecar.Client.GetBulkSecretAsync(new() { StoreName = "vault" })).Data.Keys);
        await _sidecar.Client.GetSecretAsync(new() { StoreName = "vault", Key = "hidden" }).FailsAsync(StatusCode.PermissionDenied);
        await _sidecar.Client.GetSecretAsync(new() { StoreName = "vault", Key = "missing" }).FailsAsync(StatusCode.Internal);
        await _sidecar.Client.GetSecretAsync(new() { StoreName = "nothing", Key = "k" }).FailsAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Bindings_TakeBytesAndAnswerThem()
    {
        await _sidecar.Client.InvokeBindingAsync(new() { Name = "files", Operation = "create", Data = Bytes("Hello"), Metadata = { ["fileName"] = "note.txt" } });

        var read = await _sidecar.Client.InvokeBindingAsync(new() { Name = "files", Operation = "get" }, new Metadata { { "filename", "note.txt" } });

        Assert.Equal("Hello", read.Data.ToStringUtf8());
        await _sidecar.Client.InvokeBindingAsync(new() { Name = "files", Operation = "explode" }).FailsAsync(StatusCode.Internal);
        Assert.Equal("ERR_INVOKE_OUTPUT_BINDING", (await _sidecar.Client.InvokeBindingAsync(new() { Name = "nothing", Operation = "get" }).FailsAsync(StatusCode.Internal)).Reason());
    }

    [Fact]
    public async Task Blocks_ThatNothingIsConfiguredFor_AreAFailedPrecondition()
    {
        await _sidecar.Client.TryLockAlpha1Async(new() { StoreName = "locks", ResourceId = "r", LockOwner = "o", ExpiryInSeconds = 1 }).FailsAsync(StatusCode.FailedPrecondition);
        await _sidecar.Client.GetConfigurationAsync(new() { StoreName = "settings" }).FailsAsync(StatusCode.FailedPrecondition);
        using var call = _sidecar.Client.SubscribeConfiguration(new() { StoreName = "settings" });
        await call.ResponseStream.MoveNext(default).FailsAsync(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Metadata_TellsWhatTheSidecarHas()
    {
        await _sidecar.Client.SetMetadataAsync(new() { Key = "note", Value = "kept" });
        await _sidecar.Client.SetMetadataAsync(new() { Key = "", Value = "ignored" });

        var metadata = await _sidecar.Client.GetMetadataAsync(new());

        Assert.Equal("shop", metadata.Id);
        Assert.Equal("kept", metadata.ExtendedMetadata["note"]);
        Assert.Equal(metadata.RuntimeVersion, metadata.ExtendedMetadata["daprRuntimeVersion"]);
        Assert.Equal(["bus", "files", "log", "memory", "table", "vault"], metadata.RegisteredComponents.Select(static component => component.Name).Order());
        var table = metadata.RegisteredComponents.Single(static component => component.Name == "table");
        Assert.Equal(("state.sqlite", "v1"), (table.Type, table.Version));
        Assert.Contains("TRANSACTIONAL", table.Capabilities);
        Assert.Equal((9, "http", "127.0.0.1", 7), (metadata.AppConnectionProperties.Port, metadata.AppConnectionProperties.Protocol, metadata.AppConnectionProperties.ChannelAddress, metadata.AppConnectionProperties.MaxConcurrency));
        Assert.Equal(("/healthz", "5s", "500ms", 3), (
            metadata.AppConnectionProperties.Health.HealthCheckPath, metadata.AppConnectionProperties.Health.HealthProbeInterval,
            metadata.AppConnectionProperties.Health.HealthProbeTimeout, metadata.AppConnectionProperties.Health.HealthThreshold));
        Assert.Equal(ActorRuntime.Types.ActorRuntimeStatus.Running, metadata.ActorRuntime.RuntimeStatus);
    }
}
