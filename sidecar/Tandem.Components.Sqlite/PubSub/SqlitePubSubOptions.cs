using Tandem.Components.Metadata;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>The metadata of <c>pubsub.sqlite</c>.</summary>
internal sealed record SqlitePubSubOptions
{
    public required SqliteOptions Database { get; init; }

    /// <summary>How many messages a subscription handles at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>How long a message waits that was not handled; each further time twice as long.</summary>
    public required TimeSpan RetryInterval { get; init; }

    /// <summary>The longest such wait.</summary>
    public required TimeSpan MaxRetryInterval { get; init; }

    /// <summary>How long a process that fell silent keeps its share of a consumer group.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>How long a message is kept at least.</summary>
    public required TimeSpan RetentionPeriod { get; init; }

    /// <summary>How long a consumer group that nobody uses keeps its place, and with it the messages behind; zero for ever.</summary>
    public required TimeSpan GroupRetentionPeriod { get; init; }

    /// <summary>How often messages past their retention are deleted.</summary>
    public required TimeSpan CleanupInterval { get; init; }

    /// <summary>How often another process's publishes are looked for.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>Where a consumer group begins that did not exist before.</summary>
    public required InitialOffset InitialOffset { get; init; }

    public static SqlitePubSubOptions Parse(ComponentContext context)
    {
        var metadata = context.Metadata;
        return new SqlitePubSubOptions
        {
            Database = SqliteOptions.Parse(context),
            Concurrency = ParseConcurrency(metadata, 16),
            RetryInterval = Positive(metadata, "retryInterval", TimeSpan.FromSeconds(1)),
            MaxRetryInterval = Positive(metadata, "maxRetryInterval", TimeSpan.FromSeconds(30)),
            LeaseDuration = Positive(metadata, "leaseDuration", TimeSpan.FromSeconds(15)),
            RetentionPeriod = metadata.GetDuration("retentionPeriod", TimeSpan.FromDays(7)),
            GroupRetentionPeriod = metadata.GetDuration("groupRetentionPeriod", TimeSpan.FromDays(30)),
            CleanupInterval = Positive(metadata, "cleanupInterval", TimeSpan.FromMinutes(10)),
            PollInterval = Positive(metadata, "pollInterval", TimeSpan.FromMilliseconds(100)),
            InitialOffset = InitialOffset.Parse(metadata, InitialOffset.Newest),
        };
    }

    public static int ParseConcurrency(ComponentMetadata metadata, int defaultValue)
    {
        var concurrency = metadata.GetInt("concurrency", defaultValue);
        return concurrency is > 0 and <= 1024 ? concurrency : throw new ComponentMetadataException("concurrency", "must be between 1 and 1024");
    }

    private static TimeSpan Positive(ComponentMetadata metadata, string field, TimeSpan defaultValue)
    {
        var value = metadata.GetDuration(field, defaultValue);
        return value > TimeSpan.Zero ? value : throw new ComponentMetadataException(field, "must be greater than zero");
    }
}
