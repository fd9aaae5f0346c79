using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Redis.State;

/// <summary>The metadata of <c>state.redis</c> beside the server's.</summary>
/// <param name="TimeToLive">How long a value lives that was saved without a time to live; <see langword="null"/> for ever.</param>
internal sealed record RedisStateOptions(TimeSpan? TimeToLive)
{
    /// <summary>The longest pause between two tries of a state operation.</summary>
    public static readonly TimeSpan MaxRetryInterval = TimeSpan.FromSeconds(2);

    public static RedisStateOptions Parse(ComponentMetadata metadata)
    {
        if (metadata.GetString("queryIndexes") is not null)
        {
            throw new ComponentMetadataException("queryIndexes", "cannot be used: queries need the modules RedisJSON and RediSearch, which this component does not use");
        }

        return metadata.GetString("ttlInSeconds") switch
        {
            null => new RedisStateOptions(TimeToLive: null),
            var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
                => new RedisStateOptions(seconds > 0 ? TimeSpan.FromSeconds(seconds) : null),
            var text => throw new ComponentMetadataException("ttlInSeconds", $"must be a whole number of seconds, not '{text}'"),
        };
    }
}
