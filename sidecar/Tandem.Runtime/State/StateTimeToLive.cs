using System.Globalization;

namespace Tandem.Runtime.State;

/// <summary>The metadata <c>ttlInSeconds</c> of a value, and the time at which the value ends as the API tells it.</summary>
public static class StateTimeToLive
{
    /// <summary>The metadata by which the API tells when a value ends.</summary>
    public const string ExpireTimeName = "ttlExpireTime";

    private const string Name = "ttlInSeconds";

    /// <summary>Reads how long a value is to live; <see langword="null"/> for ever (also for 0 and -1).</summary>
    /// <param name="code">The error code of the operation that the value is for.</param>
    public static TimeSpan? Read(IReadOnlyDictionary<string, string>? metadata, string code)
    {
        if (metadata?.GetValueOrDefault(Name) is not { } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds < -1 || seconds > int.MaxValue)
        {
            throw StateErrors.BadOption(code, $"{Name} must be a whole number of seconds, not '{text}'");
        }

        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Writes a time as the API does: UTC in whole seconds.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
