using System.Text.Json.Serialization;

namespace Tandem.Cli.Runs;

/// <summary>What other commands can know of a run; written by its host, gone when the run is.</summary>
internal sealed record RunState
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The full path of the run file; <see langword="null"/> for an app of the command line.</summary>
    public required string? FilePath { get; init; }

    public required int HostPid { get; init; }

    /// <summary>Tells the host from a later process of the same id.</summary>
    public required string HostStarted { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string LogDirectory { get; init; }

    public required IReadOnlyList<AppState> Apps { get; init; }
}

/// <summary>What other commands can know of an app of a run.</summary>
internal sealed record AppState
{
    public required string AppId { get; init; }

    public required int HttpPort { get; init; }

    public required int GrpcPort { get; init; }

    public int? MetricsPort { get; init; }

    public int? AppPort { get; init; }

    public string AppAddress { get; init; } = "127.0.0.1";

    /// <summary>The app's process; <see langword="null"/> while it is down, or when somebody else starts it.</summary>
    public int? AppPid { get; init; }

    public string Command { get; init; } = "";

    public AppHealth Health { get; init; }

    public int Restarts { get; init; }
}

/// <summary>How an app is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AppHealth>))]
internal enum AppHealth
{
    [JsonStringEnumMemberName("starting")]
    Starting,

    [JsonStringEnumMemberName("healthy")]
    Healthy,

    [JsonStringEnumMemberName("unhealthy")]
    Unhealthy,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunState))]
internal sealed partial class RunStateJson : JsonSerializerContext;
