using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>An app without a port hosts actors over a stream.</summary>
public sealed class ActorEventStreamTests : IAsyncLifetime
{
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await GrpcSidecar.StartAsync();

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Fact]
    public async Task Invocation_GoesDownTheStreamAndItsAnswerComesUp()
    {
        using var stream = await OpenAsync();
        using var calling = _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "add", Data = Bytes("1"), Metadata = { ["x-tag"] = "kept" } });

        var invoke = (await stream.ResponseStream.NextAsync()).InvokeRequest;
        Assert.Equal(("Counter", "a", "add", "1", "kept"), (invoke.ActorType, invoke.ActorId, invoke.Method, invoke.Data.ToStringUtf8(), invoke.Metadata["x-tag"]));
        await stream.RequestStream.WriteAsync(new() { InvokeResponse = new() { Id = invoke.Id, Data = Bytes("2") } });

        Assert.Equal("2", (await calling.ResponseAsync.WithinAsync()).Data.ToStringUtf8());
        var metadata = await _sidecar.Client.GetMetadataAsync(new());
        Assert.Equal(("Counter", 1), (Assert.Single(metadata.ActorRuntime.ActiveActors).Type, metadata.ActorRuntime.ActiveActors[0].Count));
    }

    [Fact]
    public async Task Invocation_ThatTheAppCannotCarryOut_Fails()
    {
        using var stream = await OpenAsync();
        using var calling = _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "add" });

        var invoke = (await stream.ResponseStream.NextAsync()).InvokeRequest;
        await stream.RequestStream.WriteAsync(new() { RequestFailed = new() { Id = invoke.Id, Code = (uint)StatusCode.Internal, Message = "on purpose" } });

        Assert.Contains("on purpose", (await calling.FailsAsync(StatusCode.Internal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimersAndReminders_GoDownTheStream()
    {
        using var stream = await OpenAsync();
        await _sidecar.Client.RegisterActorTimerAsync(new() { ActorType = "Counter", ActorId = "a", Name = "t", DueTime = "0s", Callback = "tick", Data = Bytes("raw") });
        var timer = (await stream.ResponseStream.NextAsync()).TimerRequest;
        Assert.Equal(("a", "t", "tick", "\"cmF3\""), (timer.ActorId, timer.Name, timer.Callback, timer.Data.Unpack<BytesValue>().Value.ToStringUtf8()));
        await stream.RequestStream.WriteAsync(new() { TimerResponse = new() { Id = timer.Id } });

        await _sidecar.Client.RegisterActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", Name = "r", DueTime = "0s", Period = "1ms" });
        var reminder = (await stream.ResponseStream.NextAsync()).ReminderRequest;
        Assert.Equal(("a", "r"), (reminder.ActorId, reminder.Name));
        await stream.RequestStream.WriteAsync(new() { ReminderResponse = new() { Id = reminder.Id, Cancel = true } });

        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while ((await _sidecar.Client.ListActorRemindersAsync(new() { ActorType = "Counter" })).Reminders.Count > 0)
        {
            deadline.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Stream_ThatBreaks_FailsItsCallsAndItsTypesAreHostedNoMore()
    {
        var stream = await OpenAsync();
        using var calling = _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "add" });
        await stream.ResponseStream.NextAsync();

        stream.Dispose();

        // The call hears of the stream's end, or of its host's.
        var exception = await Assert.ThrowsAsync<RpcException>(() => calling.ResponseAsync.WithinAsync());
        Assert.True(exception.StatusCode is StatusCode.Internal or StatusCode.Unavailable, $"{exception.Status}");
        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while ((await _sidecar.Client.GetMetadataAsync(new())).ActorRuntime.ActiveActors.Count > 0)
        {
            deadline.ThrowIfCancellationRequested();
        }

        await _sidecar.Client.ListActorRemindersAsync(new() { ActorType = "Counter" }).FailsAsync(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Stream_ThatTakesAnothersPlace_HostsTheActors()
    {
        using var first = await OpenAsync();
        using var second = await OpenAsync();

        await first.ResponseStream.MoveNext(default).FailsAsync(StatusCode.Unavailable);
        using var calling = _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "add" });
        var invoke = (await second.ResponseStream.NextAsync()).InvokeRequest;
        await second.RequestStream.WriteAsync(new() { InvokeResponse = new() { Id = invoke.Id } });
        await calling.ResponseAsync.WithinAsync();
    }

    [Fact]
    public async Task Stream_WhenTheSidecarStops_Ends()
    {
        using var stream = await OpenAsync();

        var stopping = _sidecar.Host.StopAsync(default);

        await stream.ResponseStream.MoveNext(default).FailsAsync(StatusCode.Unavailable);
        await stopping.WithinAsync();
    }

    [Fact]
    public async Task Stream_ThatBeginsBadly_IsRefused()
    {
        using var stream = _sidecar.Client.SubscribeActorEventsAlpha1();
        await stream.RequestStream.WriteAsync(new() { DeactivateResponse = new() { Id = "1" } });

        await stream.ResponseStream.MoveNext(default).FailsAsync(StatusCode.InvalidArgument);
    }

    private async Task<AsyncDuplexStreamingCall<SubscribeActorEventsRequestAlpha1, SubscribeActorEventsResponseAlpha1>> OpenAsync()
    {
        var stream = _sidecar.Client.SubscribeActorEventsAlpha1();
        await stream.RequestStream.WriteAsync(new()
        {
            InitialRequest = new() { Entities = { "Counter" }, DrainOngoingCallTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) },
        }).WithinAsync();
        Assert.NotNull((await stream.ResponseStream.NextAsync()).InitialResponse);
        return stream;
    }
}
