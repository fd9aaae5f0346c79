using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Sidecar;
using Tandem.Testing;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;

namespace Tandem.Runtime.Tests.Grpc.Support;

/// <summary>A sidecar with all kinds of components, and a client of its gRPC API.</summary>
internal sealed class GrpcSidecar : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly SidecarHost _host;

    private GrpcSidecar(TemporaryFolder folder, SidecarHost host)
    {
        _folder = folder;
        _host = host;
        Channel = Connect();
        Client = new DaprApi.DaprClient(Channel);
    }

    public DaprApi.DaprClient Client { get; }

    public GrpcChannel Channel { get; }

    public SidecarHost Host => _host;

    public SidecarOptions Options => Instance.Options;

    public SidecarInstance Instance => (SidecarInstance)_host.Sidecars[0];

    public Uri Address => new($"http://127.0.0.1:{Instance.GrpcPort}");

    public Uri Http => new($"http://127.0.0.1:{Options.HttpPort}");

    public string Folder => _folder.Path;

    /// <param name="change">Changes the options.</param>
    /// <param name="resources">More resources, in YAML.</param>
    /// <param name="configuration">The Configuration's <c>spec</c>, in YAML.</param>
    public static async Task<GrpcSidecar> StartAsync(
        Func<SidecarOptions, SidecarOptions>? change = null, string resources = "", string? configuration = null, ILoggerFactory? loggers = null)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["resources"]);
        await File.WriteAllTextAsync(folder["secrets.json"], """{ "api-key": "k-123", "hidden": "h" }""");
        await File.WriteAllTextAsync(folder["resources/all.yaml"], Components(folder) + resources);
        await File.WriteAllTextAsync(folder["config.yaml"], $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: config\nspec:\n{configuration ?? "  features: []"}\n");
        var options = new SidecarOptions
        {
            AppId = "shop",
            Namespace = $"test-{Guid.NewGuid():N}",
            HttpPort = FreePorts.Take(),
            GrpcPort = 0,
            MetricsPort = null,
            ResourcesPaths = [folder["resources"]],
            ConfigPaths = [folder["config.yaml"]],
            DataDirectory = folder.Path,
        };
        var host = new SidecarHost(loggers ?? NullLoggerFactory.Instance, TimeProvider.System);
        host.Add(change?.Invoke(options) ?? options);
        await host.StartAsync(default).WithinAsync();
        return new GrpcSidecar(folder, host);
    }

    /// <summary>Another connection.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress(Address);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private static string Components(TemporaryFolder folder)
        => Component("memory", "state.in-memory")
            + Component("table", "state.sqlite", ("connectionString", folder["state.db"]), ("actorStateStore", "true"))
            + Component("bus", "pubsub.in-memory", ("protectedTopics", "secret"), ("publishingScopes", "other=secret"))
            + Component("log", "pubsub.sqlite", ("connectionString", folder["log.db"]))
            + Component("vault", "secretstores.local.file", ("secretsFile", folder["secrets.json"]))
            + Component("files", "bindings.localstorage", ("rootPath", folder["files"]));

    internal static string Component(string name, string type, params (string Name, string Value)[] metadata)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata:\n"
            + string.Concat(metadata.Select(static field => $"  - name: {field.Name}\n    value: \"{field.Value}\"\n")) + (metadata.Length == 0 ? "    []\n" : "") + "---\n";
}
