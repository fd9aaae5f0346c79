using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Kafka.Client;

/// <summary>How the Kafka components read their fields, beside what all components share.</summary>
internal static class KafkaMetadata
{
    /// <summary>A whole number within limits.</summary>
    public static int GetNumber(this ComponentMetadata metadata, string field, int defaultValue, int least, int most = int.MaxValue)
    {
        var number = metadata.GetInt(field, defaultValue);
        return number >= least && number <= most
            ? number
            : throw new ComponentMetadataException(field, most == int.MaxValue ? $"must be {least} or more, not {number}" : $"must be between {least} and {most}, not {number}");
    }

    /// <summary>A duration within the limits of the client, which counts milliseconds.</summary>
    public static TimeSpan GetTime(this ComponentMetadata metadata, string field, TimeSpan defaultValue, TimeSpan least, TimeSpan most)
    {
        var duration = metadata.GetDuration(field, defaultValue);
        return duration >= least && duration <= most
            ? duration
            : throw new ComponentMetadataException(field, $"must be between {Text(least)} and {Text(most)}, not '{metadata.GetString(field)}'");
    }

    /// <summary>A duration that is a number of milliseconds where no unit is said.</summary>
    public static TimeSpan GetMilliseconds(this ComponentMetadata metadata, string field, TimeSpan defaultValue)
    {
        var duration = uint.TryParse(metadata.GetString(field), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : metadata.GetDuration(field, defaultValue);
        return duration >= TimeSpan.Zero ? duration : throw new ComponentMetadataException(field, $"must not be negative, as '{metadata.GetString(field)}' is");
    }

    /// <summary>One of a few words, in any case.</summary>
    public static T GetWord<T>(this ComponentMetadata metadata, string field, T defaultValue, params (string Word, T Value)[] words)
    {
        if (metadata.GetString(field) is not { } text)
        {
            return defaultValue;
        }

        foreach (var (word, value) in words)
        {
            if (word.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new ComponentMetadataException(field, $"must be {string.Join(", ", words.SkipLast(1).Select(static pair => pair.Word))} or {words[^1].Word}, not '{text}'");
    }

    /// <summary>Reports a field that asks for what these components do not do.</summary>
    public static void Refuse(this ComponentMetadata metadata, string field, string reason)
    {
        if (metadata.GetString(field) is { } text && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            throw new ComponentMetadataException(field, $"cannot be used: {reason}");
        }
    }

    private static string Text(TimeSpan duration)
        => duration.TotalSeconds < 1 ? $"{duration.TotalMilliseconds}ms" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s");
}
