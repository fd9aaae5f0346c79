using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.EndToEnd.Tests.Mesh;
using YamlDotNet.RepresentationModel;

namespace Tandem.EndToEnd.Tests.Observability;

/// <summary>deploy/observability asks only for what the running mesh measures.</summary>
[Collection(nameof(ObservedMesh))]
public sealed partial class MetricNameTests(ObservedMesh observed)
{
    /// <summary>What Prometheus adds to what it scrapes.</summary>
    private static readonly string[] OfPrometheus = ["up", "job", "instance", "alertstate", "ALERTS"];

    /// <summary>Labels of what is counted only when something goes wrong, which nothing does here.</summary>
    private static readonly string[] OfTrouble = ["step"];

    private static readonly string Folder = Path.Combine(RepositoryLayout.Root, "deploy", "observability");

    [Fact]
    public async Task MetricsAndLabels_OfRulesAndDashboards_AreMeasuredByTheMesh()
    {
        var rules = ReadRules();
        var (names, labels) = await ScrapeAsync();
        names.UnionWith(rules.Select(static rule => rule.Record).OfType<string>());
        var asked = rules.Select(static rule => (rule.Where, rule.Expression)).Concat(ReadDashboards()).ToList();

        Assert.NotEmpty(asked);
        var faults = asked.SelectMany(ask => PromQl.MetricsIn(ask.Expression).Except(names).Select(name => $"{ask.Where} asks for {name}"))
            .Concat(asked.SelectMany(ask => PromQl.LabelsIn(ask.Expression).Except(labels).Select(label => $"{ask.Where} asks for the label {label}")))
            .ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Prometheus_ScrapesEveryAppAndItsSidecar_WhereTheRunFilePutsThem()
    {
        var configuration = (YamlMappingNode)Read(Path.Combine(Folder, "prometheus", "prometheus.yml"));
        var targets = ((YamlSequenceNode)configuration["scrape_configs"])
            .SelectMany(static job => ((YamlSequenceNode)job["static_configs"]).Select(group => (Job: job["job_name"].ToString(), Target: ((YamlSequenceNode)group["targets"]).Single().ToString(), App: AppOf(group))))
            .Where(static target => target.App is not null)
            .Select(static target => $"{target.Job} {target.App} {target.Target}");
        var apps = ((YamlSequenceNode)((YamlMappingNode)Read(Path.Combine(RepositoryLayout.Root, "dapr.yaml")))["apps"]).Children;

        Assert.Equal(
            apps.SelectMany(static app => new[] { $"services {app["appID"]} 127.0.0.1:{app["appPort"]}", $"sidecars {app["appID"]} 127.0.0.1:{app["metricsPort"]}" }).Order(),
            targets.Order());
    }

    private static string? AppOf(YamlNode group)
        => ((YamlMappingNode)group).Children.TryGetValue("labels", out var labels) ? labels["app_id"].ToString() : null;

    private static IReadOnlyList<(string Where, string? Record, string Expression)> ReadRules()
        => [.. Directory.GetFiles(Path.Combine(Folder, "prometheus", "rules"), "*.yml").SelectMany(static file => ((YamlSequenceNode)((YamlMappingNode)Read(file))["groups"])
            .SelectMany(static group => ((YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>())
            .Select(rule => (
                $"{Path.GetFileName(file)}: {(rule.Children.TryGetValue("alert", out var alert) ? alert : rule["record"])}",
                rule.Children.TryGetValue("record", out var record) ? record.ToString() : null,
                rule["expr"].ToString())))];

    private static IEnumerable<(string Where, string Expression)> ReadDashboards()
        => Directory.GetFiles(Path.Combine(Folder, "grafana", "dashboards"), "*.json").SelectMany(static file =>
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
            return dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(static panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target =>
                    ($"{Path.GetFileName(file)}: {panel.GetProperty("title").GetString()}", target.GetProperty("expr").GetString()!)))
                .ToList();
        });

    /// <summary>The names of all series that services and sidecars show, and of their labels.</summary>
    private async Task<(HashSet<string> Names, HashSet<string> Labels)> ScrapeAsync()
    {
        var names = OfPrometheus.ToHashSet(StringComparer.Ordinal);
        var labels = OfPrometheus.Concat(OfTrouble).ToHashSet(StringComparer.Ordinal);
        using var http = new HttpClient();
        foreach (var address in observed.Mesh.AppIds.SelectMany(observed.Mesh.MetricsOf))
        {
            var text = await http.GetStringAsync(address);
            foreach (Match family in Family().Matches(text))
            {
                names.UnionWith(family.Groups[2].Value == "histogram"
                    ? [$"{family.Groups[1].Value}_bucket", $"{family.Groups[1].Value}_sum", $"{family.Groups[1].Value}_count"]
                    : [family.Groups[1].Value]);
            }

            labels.UnionWith(Label().Matches(text).Select(static match => match.Groups[1].Value));
        }

        return (names, labels);
    }

    private static YamlNode Read(string file)
    {
        using var reader = new StreamReader(file);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents.Single().RootNode;
    }

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex("[{,]([a-zA-Z_]\\w*)=\"")]
    private static partial Regex Label();
}
