using System.Text.RegularExpressions;
using Tandem.Components.Metadata;

namespace Tandem.Components.Kafka.Client;

/// <summary>The metadata that both Kafka components have.</summary>
internal sealed record KafkaOptions
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The brokers to ask first, each with its port.</summary>
    public required IReadOnlyList<string> Brokers { get; init; }

    public required string ClientId { get; init; }

    public required KafkaSecurity Security { get; init; }

    /// <summary>Begins with the oldest message where the group has not read before, or with what comes from now on.</summary>
    public bool FromOldest { get; init; }

    /// <summary>Whether a message that was not handled comes again.</summary>
    public required bool Retries { get; init; }

    /// <summary>How long until it does; doubled with each time.</summary>
    public required TimeSpan RetryInterval { get; init; }

    public required TimeSpan HeartbeatInterval { get; init; }

    public required TimeSpan SessionTimeout { get; init; }

    public required TimeSpan DialTimeout { get; init; }

    public required TimeSpan ReadTimeout { get; init; }

    /// <summary>How long a message that is published may take, with all tries.</summary>
    public required TimeSpan WriteTimeout { get; init; }

    /// <summary>How long the brokers may take to say whether a topic is there; zero for the component's own choice.</summary>
    public required TimeSpan MetadataTimeout { get; init; }

    public required TimeSpan MetadataRefreshInterval { get; init; }

    /// <summary>How many messages a partition reads ahead before reading pauses.</summary>
    public required int ReadAhead { get; init; }

    public required int FetchMin { get; init; }

    public required int FetchDefault { get; init; }

    /// <summary>How partitions are shared in a group, in the client's words.</summary>
    public required string Assignment { get; init; }

    public required string Compression { get; init; }

    /// <summary>Which brokers must have a message before it counts, in the client's words.</summary>
    public required string Acks { get; init; }

    public required int ProducerRetries { get; init; }

    /// <summary>The largest message in bytes; <see langword="null"/> for the client's own limit.</summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>The brokers' version, where the component says one.</summary>
    public Version? BrokerVersion { get; init; }

    /// <summary>Whether what comes from headers and keys is made fit for HTTP.</summary>
    public bool EscapesHeaders { get; init; }

    /// <summary>The names that do not travel as headers.</summary>
    public Regex? ExcludedHeaders { get; init; }

    /// <summary>The brokers as people know them.</summary>
    public string Address => string.Join(", ", Brokers);

    public static KafkaOptions Parse(ComponentContext context, bool retriesByDefault)
    {
        var metadata = context.Metadata;
        RefuseWhatIsNotThere(metadata);
        var options = new KafkaOptions
        {
            Brokers = KafkaBrokers.Parse(metadata),
            ClientId = metadata.GetString("clientID") ?? "tandem",
            Security = KafkaSecurity.Parse(metadata),
            FromOldest = metadata.GetWord("initialOffset", false, ("newest", false), ("oldest", true)),
            Retries = metadata.GetBool("consumeRetryEnabled", retriesByDefault),
            RetryInterval = metadata.GetMilliseconds("consumeRetryInterval", TimeSpan.FromMilliseconds(100)),
            HeartbeatInterval = metadata.GetTime("heartbeatInterval", TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            SessionTimeout = metadata.GetTime("sessionTimeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            DialTimeout = OrDefault(metadata, "dialTimeout", least: TimeSpan.FromSeconds(1), Day),
            ReadTimeout = OrDefault(metadata, "readTimeout", least: TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
            WriteTimeout = OrDefault(metadata, "writeTimeout", least: TimeSpan.FromMilliseconds(10), Day),
            MetadataTimeout = metadata.GetTime("metadataTimeout", TimeSpan.Zero, TimeSpan.Zero, Day),
            MetadataRefreshInterval = metadata.GetTime("clientConnectionTopicMetadataRefreshInterval", TimeSpan.FromMinutes(8), TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            ReadAhead = metadata.GetNumber("channelBufferSize", 256, least: 0),
            FetchMin = metadata.GetNumber("consumerFetchMin", 1, least: 1, most: 100_000_000),
            FetchDefault = metadata.GetNumber("consumerFetchDefault", 1024 * 1024, least: 1, most: 1_000_000_000),
            Assignment = metadata.GetWord("consumerGroupRebalanceStrategy", "range", ("range", "range"), ("roundrobin", "roundrobin"), ("sticky", "cooperative-sticky")),
            Compression = metadata.GetWord("compression", "none", ("none", "none"), ("gzip", "gzip"), ("snappy", "snappy"), ("lz4", "lz4"), ("zstd", "zstd")),
            Acks = metadata.GetWord("producerRequiredAcks", "all", ("all", "all"), ("local", "1"), ("none", "0")),
            ProducerRetries = metadata.GetNumber("producerRetryMax", 5, least: 0),
            MaxMessageBytes = metadata.GetNumber("maxMessageBytes", 0, least: 0, most: 1_000_000_000) is > 0 and var bytes ? bytes : null,
            BrokerVersion = ParseVersion(metadata),
            EscapesHeaders = metadata.GetBool("escapeHeaders", false),
            ExcludedHeaders = ParsePattern(metadata),
        };

        // The system says how often; here it is only whether.
        metadata.GetTime("clientConnectionKeepAliveInterval", TimeSpan.Zero, TimeSpan.Zero, Day);
        return options.HeartbeatInterval < options.SessionTimeout
            ? options
            : throw new ComponentMetadataException("heartbeatInterval", $"must be shorter than sessionTimeout, which is {options.SessionTimeout.TotalSeconds}s");
    }

    private static void RefuseWhatIsNotThere(ComponentMetadata metadata)
    {
        foreach (var field in (string[])["schemaRegistryURL", "schemaRegistryAPIKey", "schemaRegistryAPISecret", "schemaLatestVersionCacheTTL", "useAvroJSON"])
        {
            metadata.Refuse(field, "schema registries and Avro are not supported; messages travel as they are");
        }

        // On by default in Dapr, and nothing that it could be about.
        metadata.GetBool("schemaCachingEnabled", true);
    }

    private static TimeSpan OrDefault(ComponentMetadata metadata, string field, TimeSpan least, TimeSpan most)
        => metadata.GetDuration(field, TimeSpan.Zero) <= TimeSpan.Zero ? TimeSpan.FromSeconds(30) : metadata.GetTime(field, default, least, most);

    private static Version? ParseVersion(ComponentMetadata metadata)
    {
        if (metadata.GetString("version") is not { } text)
        {
            return null;
        }

        return Version.TryParse(text, out var version) && version >= new Version(0, 8, 0)
            ? version
            : throw new ComponentMetadataException("version", $"must be a version of Kafka such as 2.0.0, not '{text}'");
    }

    private static Regex? ParsePattern(ComponentMetadata metadata)
    {
        try
        {
            return metadata.GetString("excludeHeaderMetaRegex") is { } pattern
                ? new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ComponentMetadataException("excludeHeaderMetaRegex", $"must be a regular expression without look-around and back references: {exception.Message}", exception);
        }
    }
}
