using System.Globalization;
using System.Text.Json.Serialization;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Runs;

namespace Tandem.Cli.List;

/// <summary>One app as <c>tandem list</c> shows it; the names are those of <c>dapr list --output json</c>, and a few more.</summary>
internal sealed record ListedApp
{
    public required string AppId { get; init; }

    public required int HttpPort { get; init; }

    public required int GrpcPort { get; init; }

    public int? AppPort { get; init; }

    public int? MetricsPort { get; init; }

    public bool MetricsEnabled => MetricsPort is not null;

    public required string Health { get; init; }

    public int Restarts { get; init; }

    public required string Command { get; init; }

    public required string Age { get; init; }

    public required string Created { get; init; }

    public int? AppPid { get; init; }

    /// <summary>The process that hosts the sidecar: the same for all apps of a run.</summary>
    public required int DaprdPid { get; init; }

    public int SidecarPid => DaprdPid;

    public int CliPid => DaprdPid;

    public required string RunId { get; init; }

    public required string RunTemplatePath { get; init; }

    public required string RunTemplateName { get; init; }

    /// <summary>The folder with all logs of the run.</summary>
    public required string Logs { get; init; }

    public required string AppLogPath { get; init; }

    public required string DaprdLogPath { get; init; }

    public static ListedApp From(RunState run, AppState app, AppHealth health, DateTimeOffset now) => new()
    {
        AppId = app.AppId,
        HttpPort = app.HttpPort,
        GrpcPort = app.GrpcPort,
        AppPort = app.AppPort,
        MetricsPort = app.MetricsPort,
        Health = health switch
        {
            AppHealth.Healthy => "healthy",
            AppHealth.Starting => "starting",
            _ => "unhealthy",
        },
        Restarts = app.Restarts,
        Command = app.Command,
        Age = AgeOf(now - run.Created),
        Created = run.Created.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        AppPid = app.AppPid,
        DaprdPid = run.HostPid,
        RunId = run.Id,
        RunTemplatePath = run.FilePath ?? "",
        RunTemplateName = run.FilePath is null ? "" : run.Name,
        Logs = run.LogDirectory,
        AppLogPath = RunLogs.AppFile(run.LogDirectory, app.AppId),
        DaprdLogPath = RunLogs.SidecarFile(run.LogDirectory, app.AppId),
    };

    private static string AgeOf(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => $"{(int)age.TotalSeconds}s",
        { TotalHours: < 1 } => $"{(int)age.TotalMinutes}m",
        { TotalDays: < 1 } => $"{(int)age.TotalHours}h",
        _ => $"{(int)age.TotalDays}d",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ListedApp>))]
internal sealed partial class ListedAppJson : JsonSerializerContext;
