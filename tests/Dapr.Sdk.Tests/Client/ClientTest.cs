using Dapr.Client;
using Dapr.Sdk.Tests.Doubles;
using Google.Protobuf;

namespace Dapr.Sdk.Tests.Client;

/// <summary>A client and the double of its sidecar.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    protected SidecarDouble Sidecar { get; private set; } = null!;

    /// <summary>The double's gRPC API.</summary>
    protected GrpcSide Grpc => Sidecar.Grpc;

    protected DaprClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Sidecar = await SidecarDouble.StartAsync();
        Client = Sidecar.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Sidecar.DisposeAsync();
    }

    protected void AssertSent(string method, string target) => Assert.Equal((method, target), (Sidecar.Only.Method, Sidecar.Only.Target));

    protected void AssertCalled(string method, IMessage request) => Assert.Equal((method, request), (Grpc.Only.Method, Grpc.Only.Request));

    protected static ByteString Json(string json) => ByteString.CopyFromUtf8(json);
}

public sealed record Widget(string Name, int Size);
