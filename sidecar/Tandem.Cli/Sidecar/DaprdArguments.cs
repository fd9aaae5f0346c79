using System.CommandLine;

namespace Tandem.Cli.Sidecar;

/// <summary>
/// Brings daprd's ways of writing flags into one: <c>--flag=value</c>. daprd takes a single dash as well, a value in an argument of its own
/// (whatever it begins with), Go's words for true and false, and lets the last of several win unless the flag is a list.
/// </summary>
internal static class DaprdArguments
{
    public static IReadOnlyList<string> Normalize(IReadOnlyList<string> arguments, IEnumerable<Option> flags)
    {
        var known = flags.ToDictionary(static flag => flag.Name, StringComparer.Ordinal);
        foreach (var flag in known.Values.ToList())
        {
            foreach (var alias in flag.Aliases)
            {
                known[alias] = flag;
            }
        }

        var normal = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = WithTwoDashes(arguments[i]);
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (!known.TryGetValue(name, out var flag))
            {
                // Not a flag of daprd's; what is wrong with it is said where flags are parsed.
                normal.Add(argument);
                continue;
            }

            var value = equals < 0 ? null : argument[(equals + 1)..];
            if (flag is Option<bool>)
            {
                // A word of its own after a switch belongs to it only where it can mean nothing else.
                value ??= i + 1 < arguments.Count && bool.TryParse(arguments[i + 1], out _) ? arguments[++i] : "true";
                value = Truth(value);
            }
            else if (value is null && i + 1 < arguments.Count)
            {
                value = arguments[++i];
            }

            if (flag is not Option<string[]>)
            {
                normal.RemoveAll(earlier => earlier.StartsWith(flag.Name + "=", StringComparison.Ordinal));
            }

            normal.Add(value is null ? flag.Name : $"{flag.Name}={value}");
        }

        return normal;
    }

    private static string WithTwoDashes(string argument)
        => argument.Length > 2 && argument[0] == '-' && char.IsAsciiLetter(argument[1]) ? "-" + argument : argument;

    private static string Truth(string value) => value switch
    {
        "1" or "t" or "T" => "true",
        "0" or "f" or "F" => "false",
        _ => value,
    };
}
