using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc.Support;

/// <summary>A streaming subscription as an app has it.</summary>
internal sealed class TopicStream : IAsyncDisposable
{
    private TopicStream(AsyncDuplexStreamingCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> call) => Call = call;

    public AsyncDuplexStreamingCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> Call { get; }

    /// <summary>Opens a stream; when this returns it is subscribed.</summary>
    public static async Task<TopicStream> OpenAsync(GrpcSidecar sidecar, string pubSub, string topic, Action<SubscribeTopicEventsRequestInitialAlpha1>? change = null)
    {
        var initial = new SubscribeTopicEventsRequestInitialAlpha1 { PubsubName = pubSub, Topic = topic };
        change?.Invoke(initial);
        var stream = new TopicStream(sidecar.Client.SubscribeTopicEventsAlpha1());
        await stream.Call.RequestStream.WriteAsync(new() { InitialRequest = initial }).WithinAsync();
        Assert.NotNull((await stream.Call.ResponseStream.NextAsync()).InitialResponse);
        return stream;
    }

    /// <summary>The next event, which is answered.</summary>
    public async Task<TopicEventRequest> ReceiveAsync(
        TopicEventResponse.Types.TopicEventResponseStatus answer = TopicEventResponse.Types.TopicEventResponseStatus.Success)
    {
        var received = await PeekAsync();
        await AnswerAsync(received.Id, answer);
        return received;
    }

    /// <summary>The next event, which is not answered yet.</summary>
    public async Task<TopicEventRequest> PeekAsync()
    {
        var message = await Call.ResponseStream.NextAsync();
        Assert.NotNull(message.EventMessage);
        return message.EventMessage;
    }

    public Task AnswerAsync(string id, TopicEventResponse.Types.TopicEventResponseStatus answer)
        => Call.RequestStream.WriteAsync(new() { EventProcessed = new() { Id = id, Status = new TopicEventResponse { Status = answer } } }).WithinAsync();

    public ValueTask DisposeAsync()
    {
        Call.Dispose();
        return default;
    }
}
