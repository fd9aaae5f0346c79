using System.Globalization;
using Tandem.Components.Metadata;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>The metadata of <c>pubsub.redis</c> beside the server's.</summary>
/// <param name="ProcessingTimeout">How long a message must have been pending before it is delivered again.</param>
/// <param name="RedeliverInterval">How often pending messages are looked for; with either at zero nothing is delivered again.</param>
/// <param name="QueueDepth">How many messages a subscription reads ahead.</param>
/// <param name="Concurrency">How many messages a subscription handles at once.</param>
/// <param name="MaxLenApprox">About how many entries a stream keeps; zero for all.</param>
/// <param name="StreamTimeToLive">How long about a stream keeps an entry; <see langword="null"/> for ever.</param>
internal sealed record RedisPubSubOptions(
    TimeSpan ProcessingTimeout, TimeSpan RedeliverInterval, int QueueDepth, int Concurrency, long MaxLenApprox, TimeSpan? StreamTimeToLive)
{
    /// <summary>Whether messages that were not handled come again.</summary>
    public bool Redelivers => ProcessingTimeout > TimeSpan.Zero && RedeliverInterval > TimeSpan.Zero;

    public static RedisPubSubOptions Parse(ComponentMetadata metadata)
    {
        var timeToLive = metadata.GetTime("streamTTL", TimeSpan.Zero);
        var options = new RedisPubSubOptions(
            metadata.GetTime("processingTimeout", TimeSpan.FromSeconds(15)),
            metadata.GetTime("redeliverInterval", TimeSpan.FromSeconds(60)),
            metadata.GetNumber("queueDepth", 100, least: 1),
            metadata.GetNumber("concurrency", 10, least: 1),
            ParseLength(metadata),
            timeToLive > TimeSpan.Zero ? timeToLive : null);
        return options is { MaxLenApprox: > 0, StreamTimeToLive: not null }
            ? throw new ComponentMetadataException("streamTTL", "cannot be set beside maxLenApprox: Redis trims a stream by one of them")
            : options;
    }

    private static long ParseLength(ComponentMetadata metadata) => metadata.GetString("maxLenApprox") switch
    {
        null => 0,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) => length,
        var text => throw new ComponentMetadataException("maxLenApprox", $"must be a whole number, not '{text}'"),
    };
}
