using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Client;

public sealed class ConfigurationTests : ClientTest
{
    [Fact]
    public async Task GetConfiguration_Keys_AreSent()
    {
        Grpc.Answers<GetConfigurationRequest>(static _ => new GetConfigurationResponse { Items = { ["color"] = new ConfigurationItem { Value = "red", Version = "4", Metadata = { ["a"] = "b" } } } });

        var items = (await Client.GetConfiguration("config", ["color", "size"])).Items;

        AssertCalled("GetConfiguration", new GetConfigurationRequest { StoreName = "config", Keys = { "color", "size" } });
        Assert.Equal(("red", "4", "b"), (items["color"].Value, items["color"].Version, items["color"].Metadata["a"]));
    }

    [Fact]
    public async Task SubscribeConfiguration_Changes_ComeAsTheyHappen()
    {
        var change = new TaskCompletionSource();
        Grpc.Streams(async (_, write, _) =>
        {
            await write(new SubscribeConfigurationResponse { Id = "sub-1" });
            await change.Task;
            await write(new SubscribeConfigurationResponse { Id = "sub-1", Items = { ["color"] = new ConfigurationItem { Value = "blue" } } });
        });

        var subscription = await Client.SubscribeConfiguration("config", ["color"]);
        await using var changes = subscription.Source.GetAsyncEnumerator();

        Assert.True(await changes.MoveNextAsync().WithinAsync());
        Assert.Equal(("sub-1", 0), (subscription.Id, changes.Current.Count));
        change.SetResult();
        Assert.True(await changes.MoveNextAsync().WithinAsync());
        Assert.Equal("blue", changes.Current["color"].Value);
        Assert.False(await changes.MoveNextAsync().WithinAsync());
        AssertCalled("SubscribeConfiguration", new SubscribeConfigurationRequest { StoreName = "config", Keys = { "color" } });
    }

    [Fact]
    public async Task SubscribeConfiguration_ReaderLeaves_EndsTheStream()
    {
        var ended = new TaskCompletionSource();
        Grpc.Streams(async (_, write, context) =>
        {
            context.CancellationToken.Register(ended.SetResult);
            await write(new SubscribeConfigurationResponse { Id = "1" });
            await ended.Task;
        });

        await foreach (var _ in (await Client.SubscribeConfiguration("config", [])).Source)
        {
            Assert.False(ended.Task.IsCompleted);
            break;
        }

        await ended.Task.WithinAsync();
    }

    [Fact]
    public async Task SubscribeConfiguration_Cancelled_ThrowsWhatDotNetThrows()
    {
        Grpc.Streams(static (_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken));
        using var stop = new CancellationTokenSource();
        var subscription = await Client.SubscribeConfiguration("config", [], cancellationToken: stop.Token);
        await using var changes = subscription.Source.GetAsyncEnumerator();
        var next = changes.MoveNextAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WithinAsync());
    }

    [Fact]
    public async Task SubscribeConfiguration_StoreIsNotThere_ThrowsWhenRead()
    {
        Grpc.Streams(static (_, _, _) => throw Doubles.GrpcSide.Failure(StatusCode.FailedPrecondition, "configuration stores not configured"));
        var subscription = await Client.SubscribeConfiguration("nowhere", []);
        await using var changes = subscription.Source.GetAsyncEnumerator();

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => changes.MoveNextAsync().WithinAsync());
        Assert.Contains("configuration stores not configured", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnsubscribeConfiguration_Id_IsSent()
    {
        Grpc.Answers<UnsubscribeConfigurationRequest>(static _ => new UnsubscribeConfigurationResponse { Ok = false, Message = "no such subscription" });

        var answer = await Client.UnsubscribeConfiguration("config", "sub-1");

        AssertCalled("UnsubscribeConfiguration", new UnsubscribeConfigurationRequest { StoreName = "config", Id = "sub-1" });
        Assert.Equal((false, "no such subscription"), (answer.Ok, answer.Message));
    }
}
