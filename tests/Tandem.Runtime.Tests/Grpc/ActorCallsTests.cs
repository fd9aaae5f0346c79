using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Runtime.Tests.Support;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>An app that hosts actors over HTTP, and calls its sidecar over gRPC.</summary>
public sealed class ActorCallsTests : IAsyncLifetime
{
    private readonly Channel<(string Path, string Body)> _called = Channel.CreateUnbounded<(string, string)>();
    private TestApp _app = null!;
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(AnswerAsync);
        _sidecar = await GrpcSidecar.StartAsync(options => options with { AppPort = _app.Port });
        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while (!(await _sidecar.Client.GetMetadataAsync(new())).ActorRuntime.HostReady)
        {
            deadline.ThrowIfCancellationRequested();
        }
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task InvokeActor_OfAMethod_CarriesBytesAndMetadata()
    {
        var answer = await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "echo", Data = Bytes("\"hi\""), Metadata = { ["x-tag"] = "kept" } });

        Assert.Equal("kept \"hi\"", answer.Data.ToStringUtf8());
        Assert.Equal(1, Assert.Single((await _sidecar.Client.GetMetadataAsync(new())).ActorRuntime.ActiveActors).Count);
    }

    [Fact]
    public async Task InvokeActor_ThatCannotBe_SaysWhy()
    {
        var failed = await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "fail" }).FailsAsync(StatusCode.Internal);
        Assert.Contains("on purpose", failed.Message, StringComparison.Ordinal);
        await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a/b", Method = "echo" }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", Method = "echo" }).FailsAsync(StatusCode.InvalidArgument);
        await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a" }).FailsAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task State_OfAnActor_IsChangedInTransactions()
    {
        await _sidecar.Client.InvokeActorAsync(new() { ActorType = "Counter", ActorId = "a", Method = "echo" });
        var set = new ExecuteActorStateTransactionRequest { ActorType = "Counter", ActorId = "a" };
        set.Operations.Add(new TransactionalActorStateOperation { OperationType = "upsert", Key = "n", Value = new Any { Value = Bytes("41") } });
        set.Operations.Add(new TransactionalActorStateOperation { OperationType = "upsert", Key = "brief", Value = new Any { Value = Bytes("1") }, Metadata = { ["ttlInSeconds"] = "60" } });

        await _sidecar.Client.ExecuteActorStateTransactionAsync(set);

        Assert.Equal("41", (await _sidecar.Client.GetActorStateAsync(new() { ActorType = "Counter", ActorId = "a", Key = "n" })).Data.ToStringUtf8());
        Assert.Contains("ttlExpireTime", (await _sidecar.Client.GetActorStateAsync(new() { ActorType = "Counter", ActorId = "a", Key = "brief" })).Metadata.Keys);
        Assert.True((await _sidecar.Client.GetActorStateAsync(new() { ActorType = "Counter", ActorId = "a", Key = "missing" })).Data.IsEmpty);
        await _sidecar.Client.GetActorStateAsync(new() { ActorType = "Other", ActorId = "a", Key = "n" }).FailsAsync(StatusCode.Internal);
        var unknown = new ExecuteActorStateTransactionRequest { ActorType = "Counter", ActorId = "a", Operations = { new TransactionalActorStateOperation { OperationType = "rename", Key = "n" } } };
        await _sidecar.Client.ExecuteActorStateTransactionAsync(unknown).FailsAsync(StatusCode.Unimplemented);
        await _sidecar.Client.ExecuteActorStateTransactionAsync(new() { ActorType = "Counter", ActorId = "asleep", Operations = { set.Operations } }).FailsAsync(StatusCode.Internal);
    }

    [Fact]
    public async Task Reminders_AreListedReadAndDeleted()
    {
        foreach (var (id, name) in new[] { ("a", "one"), ("a", "two"), ("b", "one") })
        {
            await _sidecar.Client.RegisterActorReminderAsync(new() { ActorType = "Counter", ActorId = id, Name = name, DueTime = "1h", Period = "10m", Data = Bytes("raw") });
        }

        var read = await _sidecar.Client.GetActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", Name = "one" });
        Assert.Equal(("Counter", "a", "1h"), (read.ActorType, read.ActorId, read.DueTime));
        Assert.Equal($"\"{Convert.ToBase64String("raw"u8)}\"", read.Data.Unpack<BytesValue>().Value.ToStringUtf8());
        Assert.Equal(["a one", "a two", "b one"], await ListAsync(null));
        Assert.Equal(["a one", "a two"], await ListAsync("a"));

        await _sidecar.Client.RegisterActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", Name = "one", DueTime = "1h", Overwrite = false }).FailsAsync(StatusCode.AlreadyExists);
        await _sidecar.Client.UnregisterActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", Name = "one" });
        await _sidecar.Client.GetActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", Name = "one" }).FailsAsync(StatusCode.NotFound);
        await _sidecar.Client.UnregisterActorRemindersByTypeAsync(new() { ActorType = "Counter", ActorId = "a" });
        Assert.Equal(["b one"], await ListAsync(null));
        await _sidecar.Client.UnregisterActorRemindersByTypeAsync(new() { ActorType = "Counter" });
        Assert.Empty(await ListAsync(null));
        await _sidecar.Client.ListActorRemindersAsync(new() { ActorType = "Other" }).FailsAsync(StatusCode.PermissionDenied);
        await _sidecar.Client.RegisterActorReminderAsync(new() { ActorType = "Counter", ActorId = "a", DueTime = "1h" }).FailsAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task TimersAndReminders_ReachTheAppWithTheirDataInBase64()
    {
        await _sidecar.Client.RegisterActorTimerAsync(new() { ActorType = "Counter", ActorId = "t", Name = "soon", DueTime = "0s", Callback = "tick", Data = Bytes("raw") });
        var (path, body) = await _called.Reader.ReadAsync().WithinAsync();
        Assert.Equal("/actors/Counter/t/method/timer/soon", path);
        Assert.Equal(("tick", "cmF3"), (Field(body, "callback"), Field(body, "data")));

        await _sidecar.Client.RegisterActorReminderAsync(new() { ActorType = "Counter", ActorId = "t", Name = "later", DueTime = "0s", Data = Bytes("raw") });
        (path, body) = await _called.Reader.ReadAsync().WithinAsync();
        Assert.Equal("/actors/Counter/t/method/remind/later", path);
        Assert.Equal("cmF3", Field(body, "data"));

        await _sidecar.Client.UnregisterActorTimerAsync(new() { ActorType = "Counter", ActorId = "t", Name = "soon" });
        await _sidecar.Client.RegisterActorTimerAsync(new() { ActorType = "Other", ActorId = "t", Name = "soon", DueTime = "0s" }).FailsAsync(StatusCode.Internal);
    }

    private static string? Field(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name).GetString();

    private async Task<IEnumerable<string>> ListAsync(string? actorId)
    {
        var request = new ListActorRemindersRequest { ActorType = "Counter" };
        if (actorId is not null)
        {
            request.ActorId = actorId;
        }

        return (await _sidecar.Client.ListActorRemindersAsync(request)).Reminders.Select(static named => $"{named.Reminder.ActorId} {named.Name}").Order();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var body = await new StreamReader(http.Request.Body, Encoding.UTF8).ReadToEndAsync();
        switch (path)
        {
            case "/dapr/config":
                await http.Response.WriteAsync("""{"entities":["Counter"]}""");
                break;
            case "/actors/Counter/a/method/echo":
                await http.Response.WriteAsync($"{http.Request.Headers["x-tag"]} {body}");
                break;
            case "/actors/Counter/a/method/fail":
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                await http.Response.WriteAsync("on purpose");
                break;
            case var callback when callback.Contains("/method/timer/", StringComparison.Ordinal) || callback.Contains("/method/remind/", StringComparison.Ordinal):
                _called.Writer.TryWrite((path, body));
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
