using Tandem.Components.PubSub;
using Tandem.Components.RabbitMq.Connection;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>Publishes, and does so again when the connection broke on the way: a message may then be there twice, but it is there.</summary>
internal sealed class Publisher(BrokerConnection connection, RabbitMqPubSubOptions options) : IAsyncDisposable
{
    private const int Attempts = 3;

    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile PublishChannel? _channel;

    /// <summary>How long a publisher waits for a server that is away.</summary>
    private TimeSpan Patience => connection.Options.ReconnectWait * Attempts;

    public async ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var routingKey = request.Metadata.Find("routingKey") ?? "";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var channel = await GetChannelAsync(cancellationToken);
                await channel.EnsureExchangeAsync(request.Topic, cancellationToken);
                await channel.PublishAsync(request.Topic, routingKey, MessageProperties.Create(request, options), request.Data, cancellationToken);
                return;
            }
            catch (BrokerException exception) when (exception.MayPass && attempt < Attempts)
            {
                // Again, on a channel that is open.
            }
        }
    }

    /// <summary>Publishes all, one behind the other, and waits for all confirmations together.</summary>
    public async ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count > 0)
        {
            // What cannot be published at all shows before anything is.
            foreach (var request in requests)
            {
                MessageProperties.Create(request, options);
            }

            var channel = await GetChannelAsync(cancellationToken);
            await channel.EnsureExchangeAsync(requests[0].Topic, cancellationToken);
            await Task.WhenAll(requests.Select(request => PublishAsync(request, cancellationToken).AsTask()));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel)
        {
            await channel.DisposeAsync();
        }

        _opening.Dispose();
    }

    private async ValueTask<PublishChannel> GetChannelAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_channel is { IsOpen: true } opened)
            {
                return opened;
            }

            var server = await connection.GetAsync(Patience, cancellationToken);
            if (_channel is { } closed)
            {
                _channel = null;
                await closed.DisposeAsync();
            }

            return _channel = await PublishChannel.OpenAsync(server, options);
        }
        catch (Exception exception) when (BrokerFaults.IsLost(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw BrokerFaults.Of(exception, "no channel to the server");
        }
        finally
        {
            _opening.Release();
        }
    }
}
