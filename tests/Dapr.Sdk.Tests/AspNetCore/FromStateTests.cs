using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Sdk.Tests.Client;
using Dapr.Sdk.Tests.Doubles;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.AspNetCore;

public sealed class FromStateTests : AppTest
{
    [Fact]
    public async Task StateEntry_FromRouteValue_IsReadAndSaved()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        sidecar.Grpc.Answers<GetStateRequest>(static _ => new GetStateResponse { Data = ByteString.CopyFromUtf8("""{"name":"lamp","size":1}"""), Etag = "5" });
        await StartAsync<StateController>(sidecar);

        var name = await Http.GetStringAsync(new Uri("/widgets/7/grow", UriKind.Relative));

        Assert.Equal("lamp 2", name);
        Assert.Equal(new GetStateRequest { StoreName = "statestore", Key = "7" }, sidecar.Grpc.Calls[0].Request);
        Assert.Equal("5", Assert.IsType<SaveStateRequest>(sidecar.Grpc.Calls[1].Request).States[0].Etag.Value);
    }

    [Fact]
    public async Task Value_FromNamedRouteValue_IsRead()
    {
        await using var sidecar = await SidecarDouble.StartAsync();
        sidecar.Grpc.Answers<GetStateRequest>(static _ => new GetStateResponse { Data = ByteString.CopyFromUtf8("""{"name":"lamp","size":4}""") });
        await StartAsync<StateController>(sidecar);

        Assert.Equal("4", await Http.GetStringAsync(new Uri("/sizes/a/9", UriKind.Relative)));
        Assert.Equal("9", sidecar.Grpc.Request<GetStateRequest>().Key);
    }

    [Fact]
    public async Task StateEntry_ThatDoesNotSayWhence_IsRefused()
    {
        await using var sidecar = await SidecarDouble.StartAsync();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<UnboundController>(sidecar));
        Assert.Contains("FromState", failure.Message, StringComparison.Ordinal);
    }

    private Task StartAsync<TController>(SidecarDouble sidecar) => StartAsync(
        static app => app.MapControllers(),
        builder => builder.Services.AddControllers()
            .AddDapr(client => client.UseGrpcEndpoint(sidecar.GrpcEndpoint.AbsoluteUri))
            .ConfigureApplicationPartManager(SubscribeHandlerTests.Only<TController>));
}

#pragma warning disable CA1822 // Actions are instance methods.
[ApiController]
public sealed class StateController : ControllerBase
{
    [HttpGet("/widgets/{widget}/grow")]
    public async Task<string> Grow([FromState("statestore")] StateEntry<Widget> widget)
    {
        widget.Value = widget.Value with { Size = widget.Value.Size + 1 };
        await widget.TrySaveAsync();
        return $"{widget.Value.Name} {widget.Value.Size}";
    }

    [HttpGet("/sizes/{group}/{id}")]
    public int Size([FromState("statestore", "id")] Widget widget) => widget.Size;
}

[ApiController]
public sealed class UnboundController : ControllerBase
{
    [HttpGet("/unbound/{widget}")]
    public string Get(StateEntry<Widget> widget) => widget.Key;
}
#pragma warning restore CA1822
