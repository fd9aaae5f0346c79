using System.CommandLine;
using System.CommandLine.Invocation;
using Tandem.Cli.Components;
using Tandem.Cli.Invoke;
using Tandem.Cli.List;
using Tandem.Cli.Logs;
using Tandem.Cli.Processes;
using Tandem.Cli.Publish;
using Tandem.Cli.Run;
using Tandem.Cli.Sidecar;
using Tandem.Cli.Stop;
using Tandem.Cli.Version;

var root = new RootCommand("Tandem: apps with their Dapr sidecars, on one machine")
{
    RunCommand.Create(),
    SidecarCommand.Create(),
    StopCommand.Create(),
    ListCommand.Create(),
    LogsCommand.Create(),
    InvokeCommand.Create(),
    PublishCommand.Create(),
    ComponentsCommand.Create(),
    VersionCommand.Create(),
};

// A link named daprd makes the executable a sidecar. Arguments that start with @ are arguments, not files of arguments.
string[] commandLine = InvokedName.IsDaprd ? [SidecarCommand.Name, .. args] : args;
if (commandLine is [SidecarCommand.Name, .. var flags])
{
    commandLine = [SidecarCommand.Name, .. DaprdArguments.Normalize(flags, root.Subcommands.Single(static command => command.Name == SidecarCommand.Name).Options)];
}

var parsed = root.Parse(commandLine, new ParserConfiguration { ResponseFileTokenReplacer = null });

if (parsed.Action is ParseErrorAction error)
{
    error.ShowHelp = false;
}

// The commands that start something handle signals themselves.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
