using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Tandem.Components.RabbitMq.Connection;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>
/// The channel that all publishers share. Messages go out one behind the other, and each waits for its own confirmation. When the
/// channel closes it stays closed: everyone who waits is told.
/// </summary>
internal sealed class PublishChannel : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _exchanges = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<ShutdownEventArgs> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly RabbitMqPubSubOptions _options;

    private PublishChannel(IConnection connection, IChannel channel, RabbitMqPubSubOptions options)
    {
        _connection = connection;
        _channel = channel;
        _options = options;
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            _closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
    }

    public bool IsOpen => _channel.IsOpen && !_closed.Task.IsCompleted;

    public static async Task<PublishChannel> OpenAsync(IConnection connection, RabbitMqPubSubOptions options)
    {
        var channelOptions = new CreateChannelOptions(options.PublisherConfirm, options.PublisherConfirm);
        return new PublishChannel(connection, await connection.CreateChannelAsync(channelOptions), options);
    }

    /// <summary>Makes sure, once, that the topic's exchange is there.</summary>
    public async ValueTask EnsureExchangeAsync(string topic, CancellationToken cancellationToken)
    {
        var declaring = _exchanges.GetOrAdd(topic, DeclareAsync);
        try
        {
            if (!declaring.IsCompletedSuccessfully)
            {
                await declaring.WaitAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (BrokerFaults.IsLost(exception) && !cancellationToken.IsCancellationRequested)
        {
            _exchanges.TryRemove(KeyValuePair.Create(topic, declaring));
            throw BrokerFaults.Of(exception, $"exchange '{topic}' cannot be declared");
        }
    }

    /// <summary>Publishes; with confirmations it returns when the server has the message.</summary>
    public async ValueTask PublishAsync(string topic, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            // Not with the caller's token: a message that is half out would break the channel for all.
            var publishing = _channel.BasicPublishAsync(topic, routingKey, mandatory: false, properties, data, CancellationToken.None);
            if (publishing.IsCompletedSuccessfully)
            {
                return;
            }

            var task = publishing.AsTask();
            if (await Task.WhenAny(task, _closed.Task).WaitAsync(cancellationToken) == task || task.IsCompletedSuccessfully)
            {
                await task;
                return;
            }
        }
        catch (PublishException exception)
        {
            throw new BrokerException("the server did not take the message", exception, mayPass: false);
        }
        catch (Exception exception) when (exception is RabbitMQClientException or ObjectDisposedException or IOException)
        {
            throw BrokerFaults.Of(exception, "the message may not have reached the server");
        }

        var reason = await _closed.Task;
        throw new BrokerException($"the message may not have reached the server: {reason.ReplyText}", reason.Exception, mayPass: true);
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    /// <summary>On a channel of its own: the server closes the channel upon a declaration that it does not like.</summary>
    private async Task DeclareAsync(string topic)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await QueueTopology.DeclareExchangeAsync(channel, _options, topic, CancellationToken.None);
    }
}
