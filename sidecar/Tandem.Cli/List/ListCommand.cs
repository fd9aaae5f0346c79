using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Cli.List;

/// <summary><c>tandem list</c>: the apps of all runs of this machine's user.</summary>
internal static class ListCommand
{
    private static readonly Option<string> Output = new("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };

    public static Command Create()
    {
        Output.AcceptOnlyFromAmong("table", "json", "yaml");
        var command = new Command("list", "Lists the running apps") { Output };
        command.Do(async (result, cancellationToken) =>
        {
            var apps = await FindAsync(cancellationToken);
            Write(apps, result.GetValue(Output)!, result.InvocationConfiguration.Output);
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ListedApp>> FindAsync(CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        return await Task.WhenAll(RunStates.FindAll()
            .SelectMany(static run => run.Apps, static (run, app) => (Run: run, App: app))
            .Select(async found => ListedApp.From(found.Run, found.App, await HealthProbe.AskAsync(found.App, cancellationToken), now)));
    }

    private static void Write(IReadOnlyList<ListedApp> apps, string format, TextWriter output)
    {
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(apps, ListedAppJson.Default.IReadOnlyListListedApp));
                break;
            case "yaml":
                WriteYaml(apps, output);
                break;
            case "table" when apps.Count == 0:
                output.WriteLine("No app is running.");
                break;
            default:
                WriteTable(apps, output);
                break;
        }
    }

    private static void WriteTable(IReadOnlyList<ListedApp> apps, TextWriter output)
    {
        var table = new TextTable("APP ID", "HTTP PORT", "GRPC PORT", "APP PORT", "HEALTH", "RESTARTS", "COMMAND", "AGE", "APP PID", "SIDECAR PID", "RUN FILE");
        foreach (var app in apps)
        {
            table.Add(
                app.AppId,
                Text(app.HttpPort),
                Text(app.GrpcPort),
                Text(app.AppPort),
                app.Health,
                Text(app.Restarts),
                Shorten(app.Command),
                app.Age,
                Text(app.AppPid),
                Text(app.SidecarPid),
                app.RunTemplatePath);
        }

        table.Write(output);
    }

    // The same names and values as the JSON.
    private static void WriteYaml(IReadOnlyList<ListedApp> apps, TextWriter output)
    {
        var list = new YamlSequenceNode();
        foreach (var app in JsonSerializer.SerializeToNode(apps, ListedAppJson.Default.IReadOnlyListListedApp)!.AsArray())
        {
            list.Add(new YamlMappingNode(app!.AsObject().Select(static pair => KeyValuePair.Create<YamlNode, YamlNode>(pair.Key, Scalar(pair.Value)))));
        }

        new YamlStream(new YamlDocument(list)).Save(output, assignAnchors: false);
    }

    private static YamlScalarNode Scalar(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String
        ? new YamlScalarNode(value.GetValue<string>()) { Style = ScalarStyle.DoubleQuoted }
        : new YamlScalarNode(value?.ToJsonString() ?? "null");

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Shorten(string command) => command.Length <= 40 ? command : $"{command[..39]}…";
}
