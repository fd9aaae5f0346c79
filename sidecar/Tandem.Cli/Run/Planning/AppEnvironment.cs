using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using Tandem.Runtime;

namespace Tandem.Cli.Run.Planning;

/// <summary>
/// An app's environment: this process's, what tells the app of its sidecar, and the run file's, each winning over the one before.
/// The tokens are the sidecar's as much as the app's.
/// </summary>
/// <param name="fromFile">The run file's variables for this app.</param>
/// <param name="inheritsAppToken">Whether an APP_API_TOKEN of this process counts; with many apps each gets its own.</param>
internal sealed class AppEnvironment(IReadOnlyDictionary<string, string> fromFile, bool inheritsAppToken)
{
    /// <summary>The variable that marks every process of a run, however deep in the tree.</summary>
    public const string RunIdVariable = "TANDEM_RUN_ID";

    private const string AppTokenVariable = "APP_API_TOKEN";

    // Those of an outer run or of a shell that had one would speak of another sidecar.
    private static readonly string[] NotInherited =
        ["APP_ID", "APP_PORT", "APP_PROTOCOL", "APP_CHANNEL_ADDRESS", AppTokenVariable, "DAPR_METRICS_PORT", RunIdVariable];

    /// <summary>What the sidecar sends to its app: the run file's, else random, so that an app can tell its sidecar from anybody else.</summary>
    public string AppToken { get; } = NotEmpty(fromFile.GetValueOrDefault(AppTokenVariable))
        ?? (inheritsAppToken ? NotEmpty(Environment.GetEnvironmentVariable(AppTokenVariable)) : null)
        ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>What callers of the sidecar must send; none unless somebody set one.</summary>
    public string? ApiToken => NotEmpty(Find("DAPR_API_TOKEN"));

    /// <summary>The sidecar's namespace.</summary>
    public string? Namespace => NotEmpty(Find("NAMESPACE"));

    public IReadOnlyDictionary<string, string> Compose(SidecarOptions sidecar, string runId)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var name in NotInherited)
        {
            environment.Remove(name);
        }

        environment["APP_ID"] = sidecar.AppId;
        if (sidecar.AppPort is { } appPort)
        {
            environment["APP_PORT"] = Text(appPort);
        }

        if (sidecar.MetricsPort is { } metricsPort)
        {
            environment["DAPR_METRICS_PORT"] = Text(metricsPort);
        }

        environment["APP_PROTOCOL"] = sidecar.AppProtocol;
        environment["APP_CHANNEL_ADDRESS"] = sidecar.AppChannelAddress;
        environment[AppTokenVariable] = AppToken;
        environment["DAPR_HTTP_PORT"] = Text(sidecar.HttpPort);
        environment["DAPR_GRPC_PORT"] = Text(sidecar.GrpcPort);
        environment["DAPR_HTTP_ENDPOINT"] = $"http://127.0.0.1:{Text(sidecar.HttpPort)}";
        environment["DAPR_GRPC_ENDPOINT"] = $"http://127.0.0.1:{Text(sidecar.GrpcPort)}";
        environment["TANDEM_DATA_DIR"] = sidecar.DataDirectory;
        foreach (var (name, value) in fromFile)
        {
            environment[name] = value;
        }

        environment[RunIdVariable] = runId;
        return environment;
    }

    /// <summary>The value of a variable, as the app will see it.</summary>
    public string? Find(string name) => fromFile.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
