using Microsoft.Extensions.Logging;
using Tandem.Components.Bindings;
using Tandem.Components.Kafka.Client;
using Tandem.Components.Kafka.Consuming;
using Tandem.Components.Kafka.Producing;
using Tandem.Components.PubSub;

namespace Tandem.Components.Kafka.Bindings;

/// <summary><c>bindings.kafka</c>: writes what the app gives it to one topic, and gives the app what comes on others.</summary>
internal sealed partial class KafkaBinding(KafkaBindingOptions options, KafkaClient client, ILogger<KafkaBinding> logger)
    : IInputBinding, IOutputBinding, IInitializable, IAsyncDisposable
{
    private const string Create = "create";

    private readonly ConsumerGroups _groups = new(client, logger);

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = [Create];

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation != Create)
        {
            throw new BindingException($"operation '{request.Operation}' is not supported; supported is {Create}");
        }

        if (options.PublishTopic is not { } topic)
        {
            throw new BindingException("metadata field 'publishTopic' is not set, so there is no topic to write to");
        }

        try
        {
            await client.Producer.SendAsync(OutgoingRecord.Create(topic, request.Data, request.Metadata, client.Options), cancellationToken);
            return null;
        }
        catch (KafkaFaultException exception)
        {
            throw new BindingException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> ReadAsync(BindingHandler handler, CancellationToken cancellationToken)
    {
        var reading = new Reading();
        try
        {
            foreach (var topic in options.Topics)
            {
                reading.Add(await _groups.SubscribeAsync(options.ConsumerGroup, topic, HandleAsync, atOnce: 1, cancellationToken));
            }

            if (options.Topics.Count == 0)
            {
                Log.NoTopics(logger);
            }

            return reading;
        }
        catch
        {
            await reading.DisposeAsync();
            throw;
        }

        async ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken token)
        {
            await handler(new BindingEvent(message.Data, null, message.Metadata), token);
            return MessageDisposition.Done;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _groups.DisposeAsync();
        await client.DisposeAsync();
    }

    /// <summary>The subscriptions to all topics.</summary>
    private sealed class Reading : List<IAsyncDisposable>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(this.Select(static subscription => subscription.DisposeAsync().AsTask()));
            Clear();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3331, LogLevel.Warning, "The app wants this binding's events, and its metadata field 'topics' names no topic to read")]
        public static partial void NoTopics(ILogger logger);
    }
}
