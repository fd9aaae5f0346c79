using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.PubSub;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Metrics;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class EventDeliveryTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
    private readonly Bus _bus = new();
    private readonly App _app = new();
    private readonly Sender _sender = new();
    private readonly SidecarMetrics _metrics = Registries.Create();

    [Fact]
    public async Task HandleAsync_Success_IsDone()
    {
        _sender.Answers.Enqueue(DeliveryResult.Success);

        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: "dead"));
        Assert.Empty(_bus.Published);
    }

    [Fact]
    public async Task HandleAsync_FailsThenSucceeds_IsRetriedUnderThePolicy()
    {
        Fail(2);
        _sender.Answers.Enqueue(DeliveryResult.Success);

        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: "dead", retries: 2));
        Assert.Equal(3, _sender.Attempts);
        Assert.Empty(_bus.Published);
    }

    [Fact]
    public async Task HandleAsync_RetriesExhausted_GoesToTheDeadLetterTopic()
    {
        Fail(3);

        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: "dead", retries: 2));
        Assert.Equal(3, _sender.Attempts);
        Assert.Equal("dead", Assert.Single(_bus.Published).Topic);
    }

    [Fact]
    public async Task HandleAsync_DeadLetter_IsMeasuredAsWhatIsPublished()
    {
        Fail(1);
        await HandleAsync(deadLetterTopic: "dead");
        _bus.Fails = true;
        Fail(1);
        await HandleAsync(deadLetterTopic: "dead");

        var text = await _metrics.ReadAsync();

        Assert.Equal(1, text.Value("dapr_component_pubsub_egress_count", ("component", "bus"), ("topic", "dead"), ("success", "true")));
        Assert.Equal(1, text.Value("dapr_component_pubsub_egress_count", ("component", "bus"), ("topic", "dead"), ("success", "false")));
    }

    [Fact]
    public async Task HandleAsync_NoDeadLetterTopic_IsGivenBackToTheComponent()
    {
        Fail(1);

        Assert.Equal(MessageDisposition.Retry, await HandleAsync(deadLetterTopic: null));
    }

    [Fact]
    public async Task HandleAsync_DeadLetterTopicCannotBePublishedTo_IsNotLost()
    {
        Fail(1);
        _bus.Fails = true;

        Assert.Equal(MessageDisposition.Retry, await HandleAsync(deadLetterTopic: "dead"));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("dead", 1)]
    public async Task HandleAsync_Drop_IsDoneAtOnce(string? deadLetterTopic, int deadLetters)
    {
        _sender.Answers.Enqueue(new DeliveryResult(DeliveryStatus.Drop, 200, "dropped"));

        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic, retries: 5));
        Assert.Equal(1, _sender.Attempts);
        Assert.Equal(deadLetters, _bus.Published.Count);
    }

    [Fact]
    public async Task HandleAsync_AppGoesAway_WaitsForItWithoutUsingUpAttempts()
    {
        _sender.Answers.Enqueue(null);
        _sender.Answers.Enqueue(null);
        _sender.Answers.Enqueue(null);
        Fail(1);
        _sender.Answers.Enqueue(DeliveryResult.Success);

        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: "dead", retries: 1));
        Assert.Equal(5, _sender.Attempts);
        Assert.Empty(_bus.Published);
    }

    [Fact]
    public async Task HandleAsync_AppIsDown_SendsNothingUntilItIsBack()
    {
        _app.Healthy = new TaskCompletionSource();
        _sender.Answers.Enqueue(DeliveryResult.Success);

        var handling = HandleAsync(deadLetterTopic: "dead").AsTask();
        Assert.False(handling.IsCompleted);
        Assert.Equal(0, _sender.Attempts);
        _app.Healthy.SetResult();

        Assert.Equal(MessageDisposition.Done, await handling.WaitAsync(Deadline));
        Assert.Equal(1, _sender.Attempts);
    }

    [Theory]
    [InlineData("no json", 1)]
    [InlineData("[]", 1)]
    [InlineData("""{"id":"1","expiration":"2001-01-01T00:00:00Z"}""", 1)]
    public async Task HandleAsync_MessageThatNobodyCanTake_IsNotSent(string data, int deadLetters)
    {
        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: "dead", data: data));
        Assert.Equal(0, _sender.Attempts);
        Assert.Equal(deadLetters, _bus.Published.Count);
        Assert.Equal(MessageDisposition.Done, await HandleAsync(deadLetterTopic: null, data: data));
        Assert.Equal(deadLetters, _bus.Published.Count);
    }

    [Theory]
    [InlineData("dead", MessageDisposition.Done, 1)]
    [InlineData(null, MessageDisposition.Retry, 0)]
    public async Task HandleAsync_AppBreaksTheConnectionEachTime_HasFailed(string? deadLetterTopic, MessageDisposition disposition, int deadLetters)
    {
        _sender.Breaks = true;

        Assert.Equal(disposition, await HandleAsync(deadLetterTopic));
        Assert.Equal(5, _sender.Attempts);
        Assert.Equal(deadLetters, _bus.Published.Count);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _sender.Answers.Enqueue(new DeliveryResult(DeliveryStatus.Retry, 500, "the app answered 500"));
        }
    }

    private ValueTask<MessageDisposition> HandleAsync(string? deadLetterTopic, int retries = 0, string data = """{"id":"1","type":"t"}""")
    {
        var subscription = new Subscription(new SubscriptionResource
        {
            Id = new ResourceId("test.yaml", 1, "Subscription", "test"),
            PubSubName = "bus",
            Topic = "orders",
            DefaultRoute = "/orders",
            DeadLetterTopic = deadLetterTopic,
        });
        var retry = new RetrySettings(false, TimeSpan.FromMilliseconds(1), default, default, 1, 0, retries, null, null);
        var policy = retries > 0 ? new TargetPolicy(null, retry, null, TimeProvider.System) : null;
        var delivery = new EventDelivery(subscription, _bus, _app, _sender, policy, TimeProvider.System, NullLogger.Instance, egress: _metrics.PubSub.Egress("bus"));
        return delivery.HandleAsync(new Message("orders", Encoding.UTF8.GetBytes(data), null, new Dictionary<string, string>()), Deadline);
    }

    private sealed class Bus : IPubSub
    {
        public List<PublishRequest> Published { get; } = [];

        public bool Fails { get; set; }

        public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken)
        {
            if (Fails)
            {
                throw new IOException("the broker is away");
            }

            Published.Add(request);
            return ValueTask.CompletedTask;
        }

        public ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
            => throw new InvalidOperationException("nobody subscribes here");
    }

    private sealed class App : IAppChannel
    {
        public TaskCompletionSource? Healthy { get; set; }

        public bool IsConfigured => true;

        public bool IsHealthy => Healthy is null or { Task.IsCompleted: true };

        public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => Healthy?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => throw new InvalidOperationException("the sender stands in for the channel");
    }

    /// <summary>Answers as queued; <see langword="null"/> is an app that cannot be reached.</summary>
    private sealed class Sender : IEventSender
    {
        public Queue<DeliveryResult?> Answers { get; } = [];

        public int Attempts { get; private set; }

        /// <summary>Whether the app takes each event and breaks the connection.</summary>
        public bool Breaks { get; set; }

        public ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
        {
            Attempts++;
            if (Breaks)
            {
                Assert.Equal(Attempts > 1, cloudEvent.IsSuspect);
                throw new AppUnreachableException("broken") { Broke = true };
            }

            return Answers.Dequeue() is { } answer ? ValueTask.FromResult(answer) : throw new AppUnreachableException("gone");
        }
    }
}
