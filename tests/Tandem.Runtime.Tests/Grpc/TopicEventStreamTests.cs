using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class TopicEventStreamTests : IAsyncLifetime
{
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync() => _sidecar = await GrpcSidecar.StartAsync();

    public async Task DisposeAsync() => await _sidecar.DisposeAsync();

    [Fact]
    public async Task Stream_ThatBreaks_LeavesItsUnansweredEventsToTheNext()
    {
        var first = await TopicStream.OpenAsync(_sidecar, "log", "orders");
        await PublishAsync("log", "orders", "one");
        Assert.Equal("one", (await first.PeekAsync()).Data.ToStringUtf8());

        await first.DisposeAsync();
        await using var second = await TopicStream.OpenAsync(_sidecar, "log", "orders");

        Assert.Equal("one", (await second.ReceiveAsync()).Data.ToStringUtf8());
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("log")]
    public async Task Stream_ThatBreaksBesideAnother_LeavesItsUnansweredEventsToThat(string pubSub)
    {
        await using var one = await TopicStream.OpenAsync(_sidecar, pubSub, "orders");
        await using var other = await TopicStream.OpenAsync(_sidecar, pubSub, "orders");
        await PublishAsync(pubSub, "orders", "one");
        var (ofOne, ofOther) = (one.PeekAsync(), other.PeekAsync());
        var isOne = await Task.WhenAny(ofOne, ofOther) == ofOne;

        await (isOne ? one : other).DisposeAsync();
        var received = await (isOne ? ofOther : ofOne);

        Assert.Equal("one", received.Data.ToStringUtf8());
        await (isOne ? other : one).AnswerAsync(received.Id, TopicEventResponseStatus.Success);
    }

    [Fact]
    public async Task Event_ThatTheAppWantsAgain_ComesAgain()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "bus", "orders");
        await PublishAsync("bus", "orders", "one");

        var first = await stream.ReceiveAsync(TopicEventResponseStatus.Retry);
        var second = await stream.ReceiveAsync();

        Assert.Equal(first.Id, second.Id);
    }

    [Theory]
    [InlineData(TopicEventResponseStatus.Drop)]
    [InlineData(TopicEventResponseStatus.Retry)]
    public async Task Event_ThatIsNotTaken_GoesToTheDeadLetterTopic(TopicEventResponseStatus answer)
    {
        await using var dead = await TopicStream.OpenAsync(_sidecar, "log", "dead");
        await using var stream = await TopicStream.OpenAsync(_sidecar, "log", "orders", static initial => initial.DeadLetterTopic = "dead");
        await PublishAsync("log", "orders", "one");

        await stream.ReceiveAsync(answer);

        Assert.Equal("one", (await dead.ReceiveAsync()).Data.ToStringUtf8());
    }

    [Fact]
    public async Task Events_OfAStream_AreAnsweredInAnyOrder()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "bus", "orders");
        await PublishAsync("bus", "orders", "one");
        await PublishAsync("bus", "orders", "two");
        var first = await stream.PeekAsync();
        var second = await stream.PeekAsync();

        await stream.AnswerAsync(second.Id, TopicEventResponseStatus.Success);
        await stream.AnswerAsync("of nothing", TopicEventResponseStatus.Success);
        await stream.AnswerAsync(first.Id, TopicEventResponseStatus.Success);

        await PublishAsync("bus", "orders", "three");
        Assert.Equal("three", (await stream.ReceiveAsync()).Data.ToStringUtf8());
    }

    [Fact]
    public async Task Streams_OfOneTopic_ShareItsEvents()
    {
        await using var first = await TopicStream.OpenAsync(_sidecar, "bus", "orders");
        await using var second = await TopicStream.OpenAsync(_sidecar, "bus", "orders");
        for (var i = 0; i < 20; i++)
        {
            await PublishAsync("bus", "orders", $"{i}");
        }

        var received = new List<string>();
        var reading = new[] { first, second }.ToDictionary(static stream => stream.PeekAsync());
        while (received.Count < 20)
        {
            var next = await Task.WhenAny(reading.Keys).WithinAsync();
            reading.Remove(next, out var stream);
            received.Add((await next).Data.ToStringUtf8());
            await stream!.AnswerAsync((await next).Id, TopicEventResponseStatus.Success);
            if (received.Count < 20)
            {
                reading.Add(stream.PeekAsync(), stream);
            }
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"{i}").Order(), received.Order());
    }

    [Fact]
    public async Task Metadata_WhileAStreamIsOpen_ListsItsSubscription()
    {
        await using (await TopicStream.OpenAsync(_sidecar, "bus", "orders", static initial => initial.DeadLetterTopic = "dead"))
        {
            var listed = Assert.Single((await _sidecar.Client.GetMetadataAsync(new())).Subscriptions);
            Assert.Equal(("bus", "orders", "dead", PubsubSubscriptionType.Streaming), (listed.PubsubName, listed.Topic, listed.DeadLetterTopic, listed.Type));
        }

        var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        while ((await _sidecar.Client.GetMetadataAsync(new())).Subscriptions.Count > 0)
        {
            deadline.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Stream_ThatBeginsBadly_SaysWhy()
    {
        await FailsAsync(new() { EventProcessed = new() { Id = "x" } }, StatusCode.InvalidArgument);
        await FailsAsync(new() { InitialRequest = new() { Topic = "orders" } }, StatusCode.InvalidArgument);
        await FailsAsync(new() { InitialRequest = new() { PubsubName = "bus" } }, StatusCode.InvalidArgument);
        await FailsAsync(new() { InitialRequest = new() { PubsubName = "nothing", Topic = "orders" } }, StatusCode.InvalidArgument);
        await FailsAsync(new() { InitialRequest = new() { PubsubName = "bus", Topic = "secret" } }, StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Stream_WithASecondInitialRequest_IsRefused()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "bus", "orders");

        await stream.Call.RequestStream.WriteAsync(new() { InitialRequest = new() { PubsubName = "bus", Topic = "orders" } });

        await stream.Call.ResponseStream.MoveNext(default).FailsAsync(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Stream_WhenTheSidecarStops_EndsAndSaysSo()
    {
        await using var stream = await TopicStream.OpenAsync(_sidecar, "bus", "orders");
        await PublishAsync("bus", "orders", "last");
        var last = await stream.PeekAsync();

        var stopping = _sidecar.Host.StopAsync(default);
        // What the app is at may yet be answered.
        await stream.AnswerAsync(last.Id, TopicEventResponseStatus.Success);

        await stream.Call.ResponseStream.MoveNext(default).FailsAsync(StatusCode.Unavailable);
        await stopping.WithinAsync();
    }

    private async Task FailsAsync(SubscribeTopicEventsRequestAlpha1 first, StatusCode status)
    {
        using var call = _sidecar.Client.SubscribeTopicEventsAlpha1();
        // The refusal may be there before the write returns, which then says it.
        async Task<bool> BeginAsync()
        {
            await call.RequestStream.WriteAsync(first);
            return await call.ResponseStream.MoveNext(default);
        }

        await BeginAsync().FailsAsync(status);
    }

    private async Task PublishAsync(string pubSub, string topic, string data)
        => await _sidecar.Client.PublishEventAsync(new() { PubsubName = pubSub, Topic = topic, Data = Bytes(data), DataContentType = "text/plain" });
}
