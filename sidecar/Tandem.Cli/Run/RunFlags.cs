using System.CommandLine;
using Tandem.Cli.Run.Files;

namespace Tandem.Cli.Run;

/// <summary>The flags of <c>dapr run</c> for the one app of the command line: those of the run file's keys that have one.</summary>
internal sealed class RunFlags
{
    private const string Section = "the command line";

    private readonly List<(RunKey Key, Option Option)> _options = [];

    public RunFlags(Command command)
    {
        foreach (var key in RunKeys.All.Where(static key => key.Flag is not null))
        {
            var option = Create(key);
            _options.Add((key, option));
            command.Options.Add(option);
        }
    }

    /// <summary>The flags that were given.</summary>
    public IEnumerable<string> Given(ParseResult result)
        => _options.Where(flag => result.GetResult(flag.Option) is { Implicit: false }).Select(static flag => flag.Key.Flag!);

    /// <summary>The app that the flags describe.</summary>
    public AppSettings Read(ParseResult result, IReadOnlyList<string> command)
    {
        var settings = new AppSettings("app", Section);
        var faults = new List<string>();
        foreach (var (key, option) in _options.Where(flag => result.GetResult(flag.Option) is { Implicit: false }))
        {
            var text = option is Option<bool> flag
                ? result.GetValue(flag) ? "true" : "false"
                : result.GetValue((Option<string>)option) ?? "";
            var (value, problem) = RunValue.Read(key, text, Environment.CurrentDirectory);
            if (value is null)
            {
                faults.Add($"{key.Flag}: {problem}");
            }
            else
            {
                settings.Set(key.Name, value, key.Flag!);
            }
        }

        settings.Set(RunKeys.AppDirPath, Environment.CurrentDirectory, "the current folder");
        if (command.Count > 0)
        {
            settings.Set(RunKeys.Command, command.ToArray(), "COMMAND");
        }

        return faults.Count == 0 ? settings : throw new RunFaultException(faults);
    }

    private static Option Create(RunKey key)
    {
        string[] aliases = key.Short is null ? [] : [key.Short];
        return key.Kind == RunValueKind.Switch
            ? new Option<bool>(key.Flag!, aliases) { Description = key.Help }
            : new Option<string>(key.Flag!, aliases) { Description = key.Help, HelpName = key.Choices.Length > 0 ? string.Join('|', key.Choices) : null };
    }
}
