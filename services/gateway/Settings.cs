using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Gateway;

/// <summary>Reads settings as the environment gives them; a wrong one is an exception that names it, its value and what was expected.</summary>
internal static partial class Settings
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>true or false.</summary>
    public static bool Flag(IConfiguration configuration, string name, bool fallback)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        return bool.TryParse(text, out var flag) ? flag : throw new InvalidOperationException($"{name} is \"{text}\"; expected true or false.");
    }

    /// <summary>A whole number.</summary>
    public static int Number(IConfiguration configuration, string name, int fallback, int least)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new InvalidOperationException($"{name} is \"{text}\"; expected a number of at least {least}.");
    }

    /// <summary>A duration such as 1m, 30s, 1h30m or 500ms; a plain number is seconds.</summary>
    public static TimeSpan Duration(IConfiguration configuration, string name, TimeSpan fallback, TimeSpan least = default)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        return ParseDuration(text) is { } duration && duration > TimeSpan.Zero && duration >= least && duration <= Longest
            ? duration
            : throw new InvalidOperationException($"{name} is \"{text}\"; expected a duration such as 1m, 30s or 500ms, from {Math.Max(1, least.TotalMilliseconds)} ms to a day.");
    }

    private static TimeSpan? ParseDuration(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        var match = Parts().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var total = TimeSpan.Zero;
        foreach (var (number, unit) in match.Groups[1].Captures.Zip(match.Groups[2].Captures))
        {
            total += int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) * (unit.Value switch
            {
                "h" => TimeSpan.FromHours(1),
                "m" => TimeSpan.FromMinutes(1),
                "s" => TimeSpan.FromSeconds(1),
                _ => TimeSpan.FromMilliseconds(1),
            });
        }

        return total;
    }

    [GeneratedRegex(@"^(?:(\d{1,6})(ms|s|m|h))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
