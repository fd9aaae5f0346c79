using System.Net;
using System.Text.Json.Nodes;
using Dapr.Actors;
using Dapr.Actors.Runtime;
using Dapr.Sdk.Tests.Client;
using Dapr.Sdk.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.Actors;

public sealed class ActorHostingTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private ActorMesh _mesh = null!;

    private ICounter Counter => _mesh.Proxy<ICounter>("Counter");

    public async Task InitializeAsync() => _mesh = await ActorMesh.StartAsync(
        static options => options.Actors.RegisterActor<CounterActor>("Counter"),
        services =>
        {
            services.AddSingleton(_journal);
            services.AddScoped<CounterScope>();
        });

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Fact]
    public async Task Method_Changes_AreSavedInOneTransactionAfterIt()
    {
        Assert.Equal(2, await Counter.AddAsync(2));
        Assert.Equal(5, await Counter.AddAsync(3));

        Assert.Equal("5", _mesh.State["Counter/one/count"]);
        Assert.Equal("""[{"operation":"upsert","request":{"key":"count","value":5}}]""", _mesh.SidecarRequests[^1].Text);

        // The value is in memory after the first turn: only the first call reads it.
        Assert.Single(_mesh.SidecarRequests, static r => r.Method == "GET");
    }

    [Fact]
    public async Task Method_WithoutChanges_SavesNothing()
    {
        await Counter.JoinAsync("a", 1);

        Assert.DoesNotContain(_mesh.SidecarRequests, static r => r.Target.EndsWith("/state", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Method_Throws_StateIsForgottenAndTheCallerLearnsWhat()
    {
        await Counter.AddAsync(2);

        var failure = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => Counter.SetThenThrowAsync(99));

        Assert.Contains("the basket is full", failure.Message, StringComparison.Ordinal);
        Assert.Equal("System.InvalidOperationException", Assert.IsType<ActorInvokeException>(failure.InnerException).ActualExceptionType);
        Assert.Equal("2", _mesh.State["Counter/one/count"]);
        Assert.Equal(3, await Counter.AddAsync(1));
        Assert.Contains("failed SetThenThrowAsync ActorInterfaceMethod", _journal.Lines);
        Assert.DoesNotContain("post SetThenThrowAsync ActorInterfaceMethod", _journal.Lines);
    }

    [Fact]
    public async Task Method_ThrowsAndHeadersAreLost_IsStillAnError()
    {
        _mesh.DropsUnknownHeaders = true;

        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => Counter.ThrowBeforeAsync());
    }

    [Fact]
    public async Task Method_ThrowsWithoutATask_IsTheSame()
    {
        var failure = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => Counter.ThrowBeforeAsync());

        Assert.Equal("System.ArgumentException", Assert.IsType<ActorInvokeException>(failure.InnerException).ActualExceptionType);
    }

    [Fact]
    public async Task Method_StateCannotBeSaved_Fails()
    {
        _mesh.RefusesState = true;

        var failure = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => Counter.AddAsync(1));

        Assert.Contains("disk full", failure.Message, StringComparison.Ordinal);
        _mesh.RefusesState = false;
        Assert.Equal(1, await Counter.AddAsync(1));
    }

    [Fact]
    public async Task Arguments_NoneOneAndMore_ArriveAsTheyWere()
    {
        Assert.Equal("a7", await Counter.JoinAsync("a", 7));
        Assert.Equal(new Widget("w", 1), await Counter.EchoAsync(new Widget("w", 1)));
        Assert.Null(await Counter.EchoAsync(null));

        Assert.Equal(["""["a",7]""", """{"name":"w","size":1}""", "null"], _mesh.SidecarRequests.Select(static r => r.Text));
    }

    [Fact]
    public async Task WeakProxy_ByName_IsTheSameActor()
    {
        var proxy = _mesh.Proxies.Create(new ActorId("one"), "Counter");

        Assert.Equal(4, await proxy.InvokeMethodAsync<int, int>("AddAsync", 4));
        Assert.Equal("null", await proxy.InvokeMethodAsync<Widget?>("EchoAsync") is null ? "null" : "something");
        var failure = await Assert.ThrowsAsync<DaprApiException>(() => proxy.InvokeMethodAsync("NoSuchMethod"));
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", failure.ErrorCode);
        Assert.Contains("(404)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WeakCaller_MethodThrows_IsAnErrorOfTheApp()
    {
        var response = await _mesh.PutAsync("/actors/Counter/one/method/SetThenThrowAsync", "1");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.False(_mesh.State.ContainsKey("Counter/one/count"));
    }

    [Theory]
    [InlineData("/actors/Nobody/one/method/AddAsync")]
    [InlineData("/actors/Counter/one/method/addasync")]
    public async Task App_WhatIsNotHosted_Is404(string path)
        => Assert.Equal(HttpStatusCode.NotFound, (await _mesh.PutAsync(path, "1")).StatusCode);

    [Fact]
    public async Task Reminder_Fires_RunsInATurn()
    {
        await _mesh.PutAsync("/actors/Counter/one/method/remind/nudge", """{"data":"AQI=","dueTime":"","period":"@every 5s"}""");

        Assert.Equal(["activated one", "pre nudge ReminderMethod", "nudge 0102 -00:00:00.0010000 00:00:05", "post nudge ReminderMethod"], _journal.Lines);
        Assert.Equal("""[{"operation":"upsert","request":{"key":"reminded","value":"nudge","metadata":{"ttlInSeconds":"60"}}}]""", _mesh.SidecarRequests[^1].Text);
    }

    [Fact]
    public async Task Reminder_OfOthers_ArrivesAsJson()
    {
        await _mesh.PutAsync("/actors/Counter/one/method/remind/r", """{"data":{"a":1},"dueTime":"0h0m2s0ms","period":"R3/PT10S"}""");

        Assert.Contains("r 7B2261223A317D 00:00:02 00:00:10", _journal.Lines);
    }

    [Fact]
    public async Task Timer_Fires_CallsThePrivateMethod()
    {
        var response = await _mesh.PutAsync("/actors/Counter/one/method/timer/tick", """{"callback":"OnTickAsync","data":"Bw==","dueTime":"1s","period":""}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("tick 7", _journal.Lines);
    }

    [Fact]
    public async Task Registrations_OfTheActor_ReachTheSidecar()
    {
        _mesh.Reminder = """{"actorID":"one","actorType":"Counter","data":"AQI=","dueTime":"1h30m","period":""}""";
        await Counter.RemindAsync("later");
        _mesh.Reminder = null;
        await Counter.RemindAsync("never");
        await Counter.TickAsync();

        var calls = _mesh.SidecarRequests.Where(static r => !r.Target.Contains("/method/", StringComparison.Ordinal)).Select(static r => (r.Method, r.Target["/v1.0/actors/Counter/one".Length..], r.Text)).ToList();
        Assert.Equal(
            [
                ("POST", "/reminders/later", """{"dueTime":"1h30m0s0ms","period":"","data":"AQI="}"""),
                ("GET", "/reminders/later", ""),
                ("DELETE", "/reminders/later", ""),
                ("POST", "/reminders/never", """{"dueTime":"1h30m0s0ms","period":"","data":"AQI="}"""),
                ("GET", "/reminders/never", ""),
                ("DELETE", "/reminders/never", ""),
                ("POST", "/timers/tick", """{"dueTime":"0h0m0s0ms","period":"0h0m5s0ms","data":"Bw==","callback":"OnTickAsync"}"""),
                ("DELETE", "/timers/tick", ""),
            ],
            calls);
        Assert.Contains("reminder later 01:30:00 -00:00:00.0010000 0102", _journal.Lines);
        Assert.Contains("no reminder", _journal.Lines);
    }

    [Fact]
    public async Task Actor_Life_IsOneScopeUntilItIsDeactivated()
    {
        var first = await Counter.LifeAsync();
        Assert.Equal(first, await Counter.LifeAsync());
        Assert.NotEqual(first, await _mesh.Proxy<ICounter>("Counter", "two").LifeAsync());

        var response = await _mesh.App.DeleteAsync(new Uri("/actors/Counter/one", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["deactivated", "disposed"], _journal.Lines.TakeLast(2));
        Assert.NotEqual(first, await Counter.LifeAsync());
    }

    [Fact]
    public async Task Deactivation_OfAnActorNotActive_IsDone()
        => Assert.Equal(HttpStatusCode.OK, (await _mesh.App.DeleteAsync(new Uri("/actors/Counter/nobody", UriKind.Relative))).StatusCode);

    [Fact]
    public async Task ConcurrentFirstCalls_ActivateOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Counter.LifeAsync()));

        Assert.Single(_journal.Lines, static line => line == "activated one");
    }

    [Fact]
    public async Task Healthz_Hosted_IsHealthy()
        => Assert.Equal("Healthy", await _mesh.App.GetStringAsync(new Uri("/healthz", UriKind.Relative)));

    [Fact]
    public async Task Config_Settings_AreAsTheSidecarReadsThem()
    {
        await using var mesh = await ActorMesh.StartAsync(
            static options =>
            {
                options.ActorIdleTimeout = TimeSpan.FromMinutes(61);
                options.ActorScanInterval = TimeSpan.FromSeconds(30);
                options.DrainOngoingCallTimeout = TimeSpan.FromMilliseconds(1500);
                options.DrainRebalancedActors = true;
                options.RemindersStoragePartitions = 7;
                options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true, MaxStackDepth = 5 };
                options.Actors.RegisterActor<CounterActor>("A");
                options.Actors.RegisterActor<CounterActor>("B", new ActorRuntimeOptions { ActorIdleTimeout = TimeSpan.FromSeconds(1) });
            },
            static services => services.AddSingleton<Journal>().AddScoped<CounterScope>());

        var config = JsonNode.Parse(await mesh.App.GetStringAsync(new Uri("/dapr/config", UriKind.Relative)));

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"entities":["A","B"],"actorIdleTimeout":"1h1m0s0ms","actorScanInterval":"0h0m30s0ms","drainOngoingCallTimeout":"0h0m1s500ms","drainRebalancedActors":true,
                 "remindersStoragePartitions":7,"reentrancy":{"enabled":true,"maxStackDepth":5},
                 "entitiesConfig":[{"entities":["B"],"actorIdleTimeout":"0h0m1s0ms","reentrancy":{"enabled":false}}]}
                """),
            config), config!.ToJsonString());
    }
}
