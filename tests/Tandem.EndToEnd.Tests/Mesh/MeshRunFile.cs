using System.Globalization;
using Tandem.Testing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>The project's own dapr.yaml with free ports and full paths, so that a test's mesh disturbs no other.</summary>
internal sealed class MeshRunFile
{
    private static readonly string[] PathKeys = ["appDirPath", "configFilePath"];

    private readonly Dictionary<string, int> _appPorts = [];
    private readonly Dictionary<string, int> _metricsPorts = [];

    private MeshRunFile(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyCollection<string> AppIds => _appPorts.Keys;

    public int AppPort(string appId) => _appPorts[appId];

    public int MetricsPort(string appId) => _metricsPorts[appId];

    public static MeshRunFile Write(string folder)
    {
        using var reader = new StreamReader(System.IO.Path.Combine(RepositoryLayout.Root, "dapr.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        var run = (YamlMappingNode)yaml.Documents[0].RootNode;
        var file = new MeshRunFile(System.IO.Path.Combine(folder, "dapr.yaml"));
        foreach (var app in ((YamlSequenceNode)run["apps"]).Children.Cast<YamlMappingNode>())
        {
            var port = FreePorts.Take();
            file._appPorts[app["appID"].ToString()] = port;
            app.Children["appPort"] = port.ToString(CultureInfo.InvariantCulture);
            app.Children["metricsPort"] = (file._metricsPorts[app["appID"].ToString()] = FreePorts.Take()).ToString(CultureInfo.InvariantCulture);
            MoveGrpcPort(app);
            foreach (var key in PathKeys.Where(key => app.Children.ContainsKey(key)))
            {
                app.Children[key] = System.IO.Path.GetFullPath(app[key].ToString(), RepositoryLayout.Root);
            }
        }

        using var writer = new StreamWriter(file.Path);
        yaml.Save(writer, assignAnchors: false);
        return file;
    }

    // A service with gRPC listens on a port of its own, which Dapr does not know.
    private static void MoveGrpcPort(YamlMappingNode app)
    {
        if (!app.Children.TryGetValue("env", out var env))
        {
            app.Children["env"] = env = new YamlMappingNode();
        }

        ((YamlMappingNode)env).Children["GRPC_PORT"] = new YamlScalarNode(FreePorts.Take().ToString(CultureInfo.InvariantCulture)) { Style = ScalarStyle.DoubleQuoted };
    }
}
