using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Redis.Client;

/// <summary>How the Redis components read numbers and durations: a bare number is milliseconds, a negative one switches the thing off.</summary>
internal static class RedisMetadata
{
    /// <summary>A duration; <see cref="Timeout.InfiniteTimeSpan"/> for a negative one.</summary>
    public static TimeSpan GetTime(this ComponentMetadata metadata, string field, TimeSpan defaultValue)
    {
        if (metadata.GetString(field) is not { } text)
        {
            return defaultValue;
        }

        var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds);
        var duration = TimeSpan.Zero;
        if (!isNumber && !GoDuration.TryParse(text, out duration))
        {
            throw new ComponentMetadataException(field, $"must be a duration such as 3s, or a number of milliseconds, not '{text}'");
        }

        if (isNumber ? milliseconds < 0 : duration < TimeSpan.Zero)
        {
            return Timeout.InfiniteTimeSpan;
        }

        return isNumber && milliseconds > int.MaxValue || duration.TotalMilliseconds > int.MaxValue
            ? throw new ComponentMetadataException(field, $"must be less than 25 days, not '{text}'")
            : isNumber ? TimeSpan.FromMilliseconds(milliseconds) : duration;
    }

    /// <summary>A whole number that must not be smaller than the least.</summary>
    public static int GetNumber(this ComponentMetadata metadata, string field, int defaultValue, int least)
    {
        var number = metadata.GetInt(field, defaultValue);
        return number >= least ? number : throw new ComponentMetadataException(field, $"must be {least} or more, not {number}");
    }

    /// <summary>Reports a switch that asks for what these components do not do.</summary>
    public static void RefuseSwitch(this ComponentMetadata metadata, string field, string reason)
    {
        if (metadata.GetBool(field, false))
        {
            throw new ComponentMetadataException(field, $"cannot be used: {reason}");
        }
    }
}
