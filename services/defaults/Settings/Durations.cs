using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.ServiceDefaults;

/// <summary>Durations as Dapr and the environment write them: 24h, 1h30m, 500ms.</summary>
public static partial class Durations
{
    /// <summary>Reads one.</summary>
    /// <param name="name">The setting, for the message when it is none.</param>
    /// <param name="text">What the setting says.</param>
    /// <exception cref="InvalidOperationException">It is no duration.</exception>
    public static TimeSpan Parse(string name, string text)
    {
        var total = TimeSpan.Zero;
        var read = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (part.Index != read)
            {
                break;
            }

            var number = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            total += part.Groups[2].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                _ => TimeSpan.FromHours(number),
            };
            read += part.Length;
        }

        return read == text.Length && read > 0
            ? total
            : throw new InvalidOperationException($"{name} is \"{text}\"; expected a duration such as 24h or 1h30m.");
    }

    [GeneratedRegex(@"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
