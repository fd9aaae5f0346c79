using RabbitMQ.Client;
using Tandem.Components.PubSub;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>
/// What one subscription has at the server: the topic's exchange, a queue of its own bound to it, and where the component wants it
/// an exchange and a queue for dead letters. All is named and declared as Dapr does.
/// </summary>
internal sealed class QueueTopology
{
    private readonly RabbitMqPubSubOptions _options;
    private readonly QueueLimits _limits;
    private readonly string[] _routingKeys;

    /// <exception cref="Metadata.ComponentMetadataException">The subscription's metadata cannot be used.</exception>
    public QueueTopology(RabbitMqPubSubOptions options, SubscribeRequest request)
    {
        _options = options;
        _limits = options.Limits.With(QueueLimits.Parse(request.Metadata));
        _limits.Check(options);
        _routingKeys = (request.Metadata.Find("routingKey") ?? "").Split(',');
        Topic = request.Topic;
        QueueName = request.Metadata.Find("queueName") ?? $"{request.ConsumerGroup}-{request.Topic}";
    }

    public string Topic { get; }

    public string QueueName { get; }

    public static Task DeclareExchangeAsync(IChannel channel, RabbitMqPubSubOptions options, string topic, CancellationToken cancellationToken)
        => channel.ExchangeDeclareAsync(topic, options.ExchangeKind, options.Durable, options.DeletedWhenUnused, cancellationToken: cancellationToken);

    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await DeclareExchangeAsync(channel, _options, Topic, cancellationToken);
        string? deadLetterExchange = null;
        if (_options.EnableDeadLetter)
        {
            deadLetterExchange = $"dlx-{QueueName}";
            await DeclareDeadLettersAsync(channel, deadLetterExchange, cancellationToken);
        }

        await channel.QueueDeclareAsync(
            QueueName, _options.Durable, exclusive: false, _options.DeletedWhenUnused, _limits.ToArguments(deadLetterExchange), cancellationToken: cancellationToken);
        foreach (var routingKey in _routingKeys)
        {
            await channel.QueueBindAsync(QueueName, Topic, routingKey, cancellationToken: cancellationToken);
        }
    }

    private async Task DeclareDeadLettersAsync(IChannel channel, string exchange, CancellationToken cancellationToken)
    {
        var queue = $"dlq-{QueueName}";
        var arguments = _options.Limits.ToSizeArguments();
        arguments["x-queue-mode"] = "lazy";
        await channel.ExchangeDeclareAsync(exchange, "fanout", durable: true, _options.DeletedWhenUnused, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, _options.DeletedWhenUnused, arguments, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, exchange, "", cancellationToken: cancellationToken);
    }
}
