using System.Threading.Channels;
using RabbitMQ.Client;
using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.Connection;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>A consumer on a channel of its own, from its declaration to the channel's end. What it gets goes to the subscription's queue.</summary>
internal sealed class ConsumerSession : AsyncDefaultBasicConsumer, IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChannelWriter<Delivery> _deliveries;
    private readonly RabbitMqPubSubOptions _options;
    private readonly string _topic;

    private ConsumerSession(IChannel channel, string topic, RabbitMqPubSubOptions options, ChannelWriter<Delivery> deliveries)
        : base(channel)
    {
        _topic = topic;
        _options = options;
        _deliveries = deliveries;
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            _ended.TrySetResult(reason.ReplyText);
            return Task.CompletedTask;
        };
    }

    /// <summary>Ends when nothing more comes, and says why.</summary>
    public Task<string> Ended => _ended.Task;

    public bool IsOpen => Channel.IsOpen;

    /// <summary>Declares all that the subscription needs, and begins to consume.</summary>
    /// <exception cref="BrokerException">The server is away, or does not agree.</exception>
    public static async Task<ConsumerSession> OpenAsync(
        IConnection connection, QueueTopology topology, RabbitMqPubSubOptions options, ChannelWriter<Delivery> deliveries, CancellationToken cancellationToken)
    {
        IChannel? channel = null;
        try
        {
            channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await topology.DeclareAsync(channel, cancellationToken);
            if (options.PrefetchCount > 0)
            {
                await channel.BasicQosAsync(prefetchSize: 0, options.PrefetchCount, global: false, cancellationToken);
            }

            var session = new ConsumerSession(channel, topology.Topic, options, deliveries);
            await channel.BasicConsumeAsync(
                topology.QueueName, options.AutoAck, consumerTag: "", noLocal: false, exclusive: false, arguments: null, session, cancellationToken);
            return session;
        }
        catch (Exception exception)
        {
            if (channel is not null)
            {
                await channel.DisposeAsync();
            }

            throw BrokerFaults.IsLost(exception) && !cancellationToken.IsCancellationRequested
                ? BrokerFaults.Of(exception, $"queue '{topology.QueueName}' cannot be consumed")
                : exception;
        }
    }

    /// <inheritdoc/>
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The library takes its buffer back afterwards.
        var message = new Message(_topic, body.ToArray(), null, MessageProperties.Read(properties, _options.PublishesProperties));
        _deliveries.TryWrite(new Delivery(this, deliveryTag, redelivered, message));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _ended.TrySetResult("the server took the queue away");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public async ValueTask AcknowledgeAsync(ulong deliveryTag)
    {
        try
        {
            await Channel.BasicAckAsync(deliveryTag, multiple: false);
        }
        catch (Exception exception) when (BrokerFaults.IsLost(exception))
        {
            // The server has it in its queue again, and delivers it once more.
        }
    }

    public async ValueTask RefuseAsync(ulong deliveryTag, bool requeue)
    {
        try
        {
            await Channel.BasicNackAsync(deliveryTag, multiple: false, requeue);
        }
        catch (Exception exception) when (BrokerFaults.IsLost(exception))
        {
            // The server has it in its queue again anyway.
        }
    }

    /// <summary>Asks for no further message.</summary>
    public async ValueTask CancelAsync()
    {
        try
        {
            foreach (var consumerTag in ConsumerTags)
            {
                await Channel.BasicCancelAsync(consumerTag);
            }
        }
        catch (Exception exception) when (BrokerFaults.IsLost(exception))
        {
            // None comes any more.
        }
    }

    /// <summary>Closes the channel: what was not acknowledged is in the queue again.</summary>
    public ValueTask DisposeAsync() => Channel.DisposeAsync();
}

/// <summary>A message in hand.</summary>
internal sealed record Delivery(ConsumerSession Session, ulong Tag, bool IsAgain, Message Message);
