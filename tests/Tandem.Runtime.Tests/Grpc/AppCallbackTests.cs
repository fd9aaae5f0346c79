using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;
using EventStatus = Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types.TopicEventResponseStatus;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>What the sidecar calls an app for that speaks gRPC.</summary>
public sealed class AppCallbackTests
{
    [Fact]
    public async Task TopicEvent_Json_HasTheEventsAttributesInFields()
    {
        await using var app = await Subscribed("orders").StartAsync();
        await using var sidecar = await StartAsync(app, static options => options with { AppToken = "for the app" });

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes("""{"n":1}"""), DataContentType = "application/json", Metadata = { ["cloudevent.type"] = "made" } });

        var (received, headers) = await app.NextAsync<TopicEventRequest>();
        Assert.Equal(("bus", "orders", "", "made"), (received.PubsubName, received.Topic, received.Path, received.Type));
        Assert.Equal(("""{"n":1}""", "application/json"), (received.Data.ToStringUtf8(), received.DataContentType));
        Assert.Equal(("1.0", "shop"), (received.SpecVersion, received.Source));
        Assert.NotEmpty(received.Id);
        Assert.Equal("orders", received.Extensions.Fields["topic"].StringValue);
        Assert.True(received.Extensions.Fields.ContainsKey("time"));
        Assert.False(received.Extensions.Fields.ContainsKey("data"));
        Assert.Equal("for the app", headers.GetValue("dapr-api-token"));
    }

    [Theory]
    [InlineData("text/plain", "some words", "some words")]
    [InlineData("application/octet-stream", "\u0001\u0002", "\u0001\u0002")]
    [InlineData("application/xml", "<a/>", "<a/>")]
    [InlineData("application/json", "\"text\"", "\"text\"")]
    public async Task TopicEvent_Data_AreTheBytesThatWerePublished(string contentType, string data, string expected)
    {
        await using var app = await Subscribed("orders").StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes(data), DataContentType = contentType });

        Assert.Equal(expected, (await app.NextAsync<TopicEventRequest>()).Request.Data.ToStringUtf8());
    }

    [Fact]
    public async Task TopicEvent_RawPayload_IsItsBytes()
    {
        var app = Subscribed("orders");
        app.Subscriptions[0].Metadata["rawPayload"] = "true";
        await using var started = await app.StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes("bare"), Metadata = { ["rawPayload"] = "true" } });

        var (received, _) = await app.NextAsync<TopicEventRequest>();
        Assert.Equal(("bare", "application/octet-stream"), (received.Data.ToStringUtf8(), received.DataContentType));
    }

    [Fact]
    public async Task TopicEvent_Routes_ArePaths()
    {
        var app = Subscribed("orders");
        app.Subscriptions[0].Routes = new TopicRoutes { Default = "other", Rules = { new TopicRule { Match = "event.type == \"important\"", Path = "important" } } };
        await using var started = await app.StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes("1"), Metadata = { ["cloudevent.type"] = "important" } });
        Assert.Equal("important", (await app.NextAsync<TopicEventRequest>()).Request.Path);
        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes("2") });
        Assert.Equal("other", (await app.NextAsync<TopicEventRequest>()).Request.Path);
    }

    [Theory]
    [InlineData(EventStatus.Retry)]
    [InlineData(EventStatus.Drop)]
    [InlineData(null)]
    public async Task TopicEvent_NotTaken_GoesToTheDeadLetterTopic(EventStatus? answer)
    {
        var app = Subscribed("orders");
        app.Subscriptions[0].DeadLetterTopic = "dead";
        app.Subscriptions.Add(new TopicSubscription { PubsubName = "bus", Topic = "dead" });
        app.Heard = received => received.Topic == "dead" ? new() : answer is { } status ? new() { Status = status } : throw new RpcException(new Status(StatusCode.Internal, "broken"));
        await using var started = await app.StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "bus", Topic = "orders", Data = Bytes("x") });

        Assert.Equal("orders", (await app.NextAsync<TopicEventRequest>()).Request.Topic);
        Assert.Equal("dead", (await app.NextAsync<TopicEventRequest>()).Request.Topic);
    }

    [Fact]
    public async Task TopicEvent_AppDoesNotImplementIt_IsDoneWith()
    {
        var app = Subscribed("orders");
        app.Heard = static received => received.Data.ToStringUtf8() == "first" ? throw new RpcException(new Status(StatusCode.Unimplemented, "")) : new();
        await using var started = await app.StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "orders", Data = Bytes("first") });
        Assert.Equal("first", (await app.NextAsync<TopicEventRequest>()).Request.Data.ToStringUtf8());
        await sidecar.Client.PublishEventAsync(new() { PubsubName = "log", Topic = "orders", Data = Bytes("second") });

        Assert.Equal("second", (await app.NextAsync<TopicEventRequest>()).Request.Data.ToStringUtf8());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BulkEvents_EachHasItsStatus(bool isOld)
    {
        var attempts = 0;
        var app = Subscribed("orders");
        app.Subscriptions[0].BulkSubscribe = new BulkSubscribeConfig { Enabled = true, MaxMessagesCount = 2, MaxAwaitDurationMs = 5000 };
        app.Subscriptions[0].DeadLetterTopic = "dead";
        app.Subscriptions.Add(new TopicSubscription { PubsubName = "bus", Topic = "dead" });
        TopicEventBulkResponse Answer(TopicEventBulkRequest request)
        {
            attempts++;
            return new TopicEventBulkResponse
            {
                Statuses =
                {
                    request.Entries.Select(static entry => new TopicEventBulkResponseEntry
                    {
                        EntryId = entry.EntryId,
                        Status = entry.CloudEvent.Data.ToStringUtf8() == "bad" ? EventStatus.Drop : EventStatus.Success,
                    }),
                },
            };
        }

        var old = new OldApp(app, Answer);
        app.HeardBulk = isOld ? null : Answer;
        await using var started = await app.StartAsync(AppCallbackAlpha.BindService(old));
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.BulkPublishEventAsync(new()
        {
            PubsubName = "bus",
            Topic = "orders",
            Entries = { new BulkPublishRequestEntry { EntryId = "1", Event = Bytes("good"), ContentType = "text/plain" }, new BulkPublishRequestEntry { EntryId = "2", Event = Bytes("bad"), ContentType = "text/plain" } },
        });

        var (received, _) = await app.NextAsync<TopicEventBulkRequest>();
        Assert.Equal(["bad", "good"], received.Entries.Select(static entry => entry.CloudEvent.Data.ToStringUtf8()).Order(StringComparer.Ordinal));
        Assert.Equal(("bus", "orders", "com.dapr.event.sent.bulk"), (received.PubsubName, received.Topic, received.Type));
        var (dead, _) = await app.NextAsync<TopicEventRequest>();
        Assert.Equal(("dead", "bad"), (dead.Topic, dead.Data.ToStringUtf8()));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Binding_ThatTheAppLists_IsRead_AndWhatItAsksForIsDone()
    {
        var app = new CallbackApp { Bindings = { "tick" } };
        var calls = 0;
        app.Bound = _ => Interlocked.Increment(ref calls) > 1 ? new() : new BindingEventResponse
        {
            StoreName = "memory",
            States = { new StateItem { Key = "ticked", Value = Bytes("1") } },
            To = { "files" },
            Data = Bytes("\"content\""),
        };
        await using var started = await app.StartAsync();
        await using var sidecar = await StartAsync(
            app, resources: GrpcSidecar.Component("tick", "bindings.cron", ("schedule", "@every 1s")) + GrpcSidecar.Component("other", "bindings.cron", ("schedule", "@every 1s")));

        Assert.Equal("tick", (await app.NextAsync<BindingEventRequest>()).Request.Name);
        Assert.Equal("tick", (await app.NextAsync<BindingEventRequest>()).Request.Name);

        Assert.Equal("1", (await sidecar.Client.GetStateAsync(new() { StoreName = "memory", Key = "ticked" })).Data.ToStringUtf8());
        Assert.Equal("content", File.ReadAllText(Directory.GetFiles(Path.Combine(sidecar.Folder, "files"), "*", SearchOption.AllDirectories).Single()));
    }

    [Fact]
    public async Task Job_IsGivenToTheApp_AsItWasScheduled()
    {
        await using var app = await new CallbackApp().StartAsync();
        await using var sidecar = await StartAsync(app);

        await sidecar.Client.ScheduleJobAsync(new() { Job = new Job { Name = "pack", DueTime = "0s", Data = Any.Pack(new StringValue { Value = "typed" }) } });

        var (received, _) = await app.NextAsync<JobEventRequest>();
        Assert.Equal(("pack", "job/pack", HTTPExtension.Types.Verb.Post), (received.Name, received.Method, received.HttpExtension.Verb));
        Assert.Equal("typed", received.Data.Unpack<StringValue>().Value);
    }

    [Fact]
    public async Task HealthChecks_AppThatFailsThem_IsNotInvoked()
    {
        var health = new Health();
        await using var app = await new CallbackApp().StartAsync(AppCallbackHealthCheck.BindService(health));
        await using var sidecar = await StartAsync(app, static options => options with
        {
            AppHealthCheckEnabled = true,
            AppHealthProbeInterval = TimeSpan.FromMilliseconds(50),
            AppHealthThreshold = 1,
        });
        var request = new InvokeServiceRequest { Id = "shop", Message = new InvokeRequest { Method = "say" } };
        await sidecar.Client.InvokeServiceAsync(request).ResponseAsync.WithinAsync();

        health.IsIll = true;
        await sidecar.Instance.App.Monitor.WaitUntilUnhealthyAsync(default).WithinAsync();
        Assert.Contains("not in a healthy state", (await sidecar.Client.InvokeServiceAsync(request).FailsAsync(StatusCode.Internal)).Message, StringComparison.Ordinal);

        health.IsIll = false;
        await sidecar.Instance.App.Monitor.WaitUntilHealthyAsync(default).WithinAsync();
        await sidecar.Client.InvokeServiceAsync(request).ResponseAsync.WithinAsync();
    }

    [Fact]
    public async Task MaxConcurrency_CallsBeyondIt_Wait()
    {
        var running = 0;
        var most = 0;
        await using var app = await new CallbackApp
        {
            Invoked = async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return new InvokeResponse();
            },
        }.StartAsync();
        await using var sidecar = await StartAsync(app, static options => options with { AppMaxConcurrency = 1 });

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ =>
            sidecar.Client.InvokeServiceAsync(new() { Id = "shop", Message = new InvokeRequest { Method = "say" } }).ResponseAsync)).WithinAsync();

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Configuration_SubscribedOverHttp_IsAnInvocation()
    {
        await using var app = await new CallbackApp().StartAsync();
        await using var sidecar = await StartAsync(app);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/configuration/settings/colour", UriKind.Relative)) { Content = new StringContent("{}") };
        using var answer = await sidecar.Instance.App.SendAsync(request, default).WithinAsync();

        Assert.Equal("configuration/settings/colour", (await app.NextAsync<InvokeRequest>()).Request.Method);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task App_ThatImplementsNothing_WantsNothing()
    {
        await using var app = await new EchoService().StartAppAsync();
        await using var sidecar = await GrpcSidecar.StartAsync(options => options with { AppPort = app.Port, AppProtocol = "grpc" });

        await sidecar.Host.Sidecars[0].WaitForAppAsync(default).WithinAsync();

        Assert.Empty(sidecar.Instance.Blocks.Subscriptions.Active);
        await sidecar.Client.InvokeServiceAsync(new() { Id = "shop", Message = new InvokeRequest { Method = "say" } }).FailsAsync(StatusCode.Unimplemented);
    }

    private static CallbackApp Subscribed(string topic) => new()
    {
        Subscriptions = { new TopicSubscription { PubsubName = "bus", Topic = topic }, new TopicSubscription { PubsubName = "log", Topic = topic } },
    };

    private static async Task<GrpcSidecar> StartAsync(CallbackApp app, Func<SidecarOptions, SidecarOptions>? change = null, string resources = "")
    {
        var sidecar = await GrpcSidecar.StartAsync(
            options => (change?.Invoke(options) ?? options) with { AppPort = app.App.Port, AppProtocol = "grpc" }, resources);
        await sidecar.Host.Sidecars[0].WaitForAppAsync(default).WithinAsync();
        return sidecar;
    }

    private sealed class OldApp(CallbackApp app, Func<TopicEventBulkRequest, TopicEventBulkResponse> answer) : AppCallbackAlpha.AppCallbackAlphaBase
    {
        [Obsolete("Its name is the earlier one.")]
        public override Task<TopicEventBulkResponse> OnBulkTopicEventAlpha1(TopicEventBulkRequest request, ServerCallContext context)
        {
            app.Note(request, context);
            return Task.FromResult(answer(request));
        }
    }

    private sealed class Health : AppCallbackHealthCheck.AppCallbackHealthCheckBase
    {
        public volatile bool IsIll;

        public override Task<HealthCheckResponse> HealthCheck(Empty request, ServerCallContext context)
            => IsIll ? throw new RpcException(new Status(StatusCode.Unavailable, "ill")) : Task.FromResult(new HealthCheckResponse());
    }
}
