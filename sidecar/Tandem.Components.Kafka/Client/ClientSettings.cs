using System.Globalization;

namespace Tandem.Components.Kafka.Client;

/// <summary>What the component says, in the words of the client library.</summary>
internal static class ClientSettings
{
    /// <summary>How long an answer to "which topics are there" may say that a new topic is not.</summary>
    private const string Propagation = "5000";

    private static readonly Version FirstWithProducerIds = new(0, 11);

    /// <summary>Whether the brokers can be asked to know a message again that is sent a second time.</summary>
    public static bool MayBeIdempotent(KafkaOptions options)
        => options.Acks == "all" && options.ProducerRetries > 0 && (options.BrokerVersion ?? FirstWithProducerIds) >= FirstWithProducerIds;

    public static Dictionary<string, string> ForProducer(KafkaOptions options, bool isIdempotent)
    {
        var settings = Common(options);
        settings["acks"] = options.Acks;
        settings["retries"] = Text(options.ProducerRetries);
        settings["message.timeout.ms"] = Text(options.WriteTimeout);
        settings["compression.type"] = options.Compression;
        if (options.MaxMessageBytes is { } bytes)
        {
            // The client's limit is for what goes over the wire; the component's own check is for the message.
            settings["message.max.bytes"] = Text(Math.Clamp(bytes + 1024, 1000, 1_000_000_000));
        }

        // The same key goes to the same partition as it does from Dapr.
        settings["partitioner"] = "fnv1a_random";

        // A message goes out at once when the way is free, and what comes meanwhile goes out together: no wait, and full batches. No message
        // overtakes one that has to be sent a second time: the brokers see to that, or else only one batch is on its way at a time.
        settings["linger.ms"] = "0";
        settings["enable.idempotence"] = isIdempotent ? "true" : "false";
        settings["max.in.flight"] = isIdempotent ? "5" : "1";
        settings["dotnet.producer.delivery.report.fields"] = "none";
        return settings;
    }

    public static Dictionary<string, string> ForConsumer(KafkaOptions options, string group)
    {
        var settings = Common(options);
        settings["group.id"] = group;
        settings["auto.offset.reset"] = options.FromOldest ? "earliest" : "latest";
        settings["session.timeout.ms"] = Text(options.SessionTimeout);
        settings["heartbeat.interval.ms"] = Text(options.HeartbeatInterval);
        settings["max.poll.interval.ms"] = Text(Math.Max(300_000, options.SessionTimeout.TotalMilliseconds));
        settings["partition.assignment.strategy"] = options.Assignment;
        settings["fetch.min.bytes"] = Text(options.FetchMin);
        settings["fetch.message.max.bytes"] = Text(options.FetchDefault);
        settings["queued.min.messages"] = Text(Math.Max(1, options.ReadAhead));
        settings["queued.max.messages.kbytes"] = Text(Math.Max(16 * 1024, options.FetchDefault / 512));
        settings["fetch.error.backoff.ms"] = "100";

        // What was handled is stored, and nothing else; what is stored is committed in the background.
        settings["enable.auto.offset.store"] = "false";
        settings["enable.auto.commit"] = "true";
        settings["auto.commit.interval.ms"] = "1000";
        return settings;
    }

    private static Dictionary<string, string> Common(KafkaOptions options)
    {
        var settings = new Dictionary<string, string>(options.Security.Settings, StringComparer.Ordinal)
        {
            ["bootstrap.servers"] = string.Join(',', options.Brokers),
            ["client.id"] = options.ClientId,
            ["socket.timeout.ms"] = Text(options.ReadTimeout),
            ["socket.connection.setup.timeout.ms"] = Text(options.DialTimeout),
            ["socket.keepalive.enable"] = "true",
            ["socket.nagle.disable"] = "true",
            ["topic.metadata.refresh.interval.ms"] = Text(options.MetadataRefreshInterval),
            ["topic.metadata.propagation.max.ms"] = Propagation,
            ["allow.auto.create.topics"] = "true",
            ["reconnect.backoff.ms"] = "100",
            ["reconnect.backoff.max.ms"] = "2000",
        };
        if (options.BrokerVersion is { } version)
        {
            // Brokers before 0.10 cannot be asked what they understand.
            settings["broker.version.fallback"] = version.ToString();
            settings["api.version.request"] = version >= new Version(0, 10) ? "true" : "false";
        }

        return settings;
    }

    private static string Text(TimeSpan time) => Text(time.TotalMilliseconds);

    private static string Text(double number) => ((long)number).ToString(CultureInfo.InvariantCulture);
}
