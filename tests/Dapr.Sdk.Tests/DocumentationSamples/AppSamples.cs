using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Dapr.AspNetCore;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Sdk.Tests.DocumentationSamples;

/// <summary>Typical apps, as the documentation shows them: they must compile, and they do not run.</summary>
internal static class AppSamples
{
    internal sealed record Order(string Id);

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddControllers().AddDapr(client => client.UseTimeout(TimeSpan.FromSeconds(1)));
        builder.Services.AddDaprClient();
        builder.Services.AddDaprClient((_, client) => client.UseGrpcEndpoint("http://127.0.0.1:50001"));
        builder.Services.AddActors(options =>
        {
            options.ActorIdleTimeout = TimeSpan.FromMinutes(60);
            options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true, MaxStackDepth = 32 };
            options.Actors.RegisterActor<LampActor>();
            options.Actors.RegisterActor<LampActor>("NamedLamp", new ActorRuntimeOptions { DrainRebalancedActors = true });
            options.Actors.RegisterActor<LampActor>(registration => registration.Activator = new DefaultActorActivator());
        });

        var app = builder.Build();
        app.UseCloudEvents();
        app.UseCloudEvents(new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true });
        app.MapControllers();
        app.MapSubscribeHandler();
        app.MapActorsHandlers();
        app.MapPost("/orders", (Order order) => Results.Ok(order.Id)).WithTopic("pubsub", "orders");
        app.MapPost("/raw", () => Results.Ok()).WithTopic("pubsub", "raw", enableRawPayload: true);
        app.MapPost("/tuned", () => Results.Ok()).WithTopic("pubsub", "tuned", new Dictionary<string, string> { ["x"] = "y" });
        app.MapPost("/dead", () => Results.Ok()).WithTopic(new TopicOptions { PubsubName = "pubsub", Name = "d", DeadLetterTopic = "dead" });
        app.MapPost("/bulk", [Topic("pubsub", "bulk")][BulkSubscribe("bulk", 500, 2000)] (BulkSubscribeMessage<BulkMessageModel<Order>> events)
            => new BulkSubscribeAppResponse([.. events.Entries.Select(e => new BulkSubscribeAppResponseEntry(e.EntryId, BulkSubscribeAppResponseStatus.SUCCESS))]));
        return app;
    }

    public static async Task CallActorsAsync(IActorProxyFactory factory, CancellationToken cancellationToken)
    {
        var lamp = ActorProxy.Create<ILamp>(new ActorId("1"), "LampActor", new ActorProxyOptions { RequestTimeout = TimeSpan.FromSeconds(1) });
        await lamp.SwitchAsync(true, cancellationToken);
        var same = factory.CreateActorProxy<ILamp>(ActorId.CreateRandom(), nameof(LampActor));
        await same.SwitchAsync(await lamp.IsOnAsync(), cancellationToken);
        ActorProxy weak = ActorProxy.Create(new ActorId("1"), "LampActor");
        await weak.InvokeMethodAsync("SwitchAsync", true, cancellationToken);
        _ = await weak.InvokeMethodAsync<bool>("IsOnAsync", cancellationToken);
    }
}

public interface ILamp : IActor
{
    Task SwitchAsync(bool on, CancellationToken cancellationToken = default);

    Task<bool> IsOnAsync();
}

[Actor(TypeName = "Lamp")]
internal sealed class LampActor(ActorHost host, DaprClient client) : Actor(host), ILamp, IRemindable
{
    public async Task SwitchAsync(bool on, CancellationToken cancellationToken = default)
    {
        await StateManager.SetStateAsync("on", on, cancellationToken);
        await RegisterTimerAsync("off", nameof(OffAsync), null, TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(-1));
        await RegisterReminderAsync("check", [1], TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        await RegisterReminderAsync("thrice", null, TimeSpan.Zero, TimeSpan.FromHours(1), 3, TimeSpan.FromDays(1));
        await client.PublishEventAsync("pubsub", "lamps", Id.GetId(), cancellationToken);
    }

    public async Task<bool> IsOnAsync() => await StateManager.TryGetStateAsync<bool>("on") is { HasValue: true, Value: true };

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        IActorReminder? reminder = await GetReminderAsync(reminderName);
        if (reminder is not null && Logger.IsEnabled(LogLevel.Trace))
        {
            await UnregisterReminderAsync(reminder);
        }
    }

    private Task OffAsync() => StateManager.RemoveStateAsync("on");
}

[ApiController]
public sealed class SampleController : ControllerBase
{
    [Topic("pubsub", "orders", "event.type == \"order.v2\"", 1)]
    [Topic("pubsub", "fallback", DeadLetterTopic = "dead")]
    [TopicMetadata("maxInFlight", "3")]
    [HttpPost("sample/orders")]
    public async Task<ActionResult<string>> OrderAsync([FromBody] string order, [FromServices] DaprClient client)
    {
        await client.SaveStateAsync("statestore", order, order);
        return Ok(order);
    }

    [HttpGet("sample/{order}")]
    public ActionResult<string> Get([FromState("statestore")] StateEntry<string> order) => order.Value is null ? NotFound() : Ok(order.Value);
}
