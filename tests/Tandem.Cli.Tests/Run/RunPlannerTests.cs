using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Run;
using Tandem.Cli.Run.Files;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Tests.Support;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class RunPlannerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_Defaults_AreBesideTheRunFile()
    {
        var plan = Plan("- appID: one\n  command: [sh]\n");

        Assert.Equal(_folder[".tandem/data"], plan.DataDirectory);
        Assert.Equal(_folder[".tandem/logs"], plan.LogDirectory);
        var app = Assert.Single(plan.Apps);
        Assert.Equal(_folder.Path, app.Command!.Directory);
        Assert.Equal(_folder.Path, app.Sidecar.BaseDirectory);
        Assert.Equal(plan.DataDirectory, app.Sidecar.DataDirectory);
        Assert.Null(app.Sidecar.AppPort);
        Assert.Equal(LogTargets.FileAndConsole, app.AppLog);
        Assert.Equal(LogTargets.File, app.SidecarLog);
        Assert.Equal(LogLevel.Information, app.SidecarLogLevel);
    }

    [Fact]
    public void Plan_NoAppId_TakesTheFoldersName()
    {
        Directory.CreateDirectory(_folder["basket"]);

        Assert.Equal("basket", Assert.Single(Plan("- appDirPath: ./basket/\n").Apps).AppId);
    }

    [Fact]
    public void Plan_MissingPorts_AreChosenOnceEach()
    {
        var plan = Plan("- appID: one\n- appID: two\n- appID: three\n  daprHTTPPort: -1\n");

        var ports = plan.Apps.SelectMany(static app => new[] { app.Sidecar.HttpPort, app.Sidecar.GrpcPort, app.Sidecar.MetricsPort!.Value }).ToList();
        Assert.Equal(9, ports.Distinct().Count());
        Assert.Equal(ports.Order(), plan.ChosenPorts.Order());
    }

    [Fact]
    public void HasLostPort_ChosenPortIsTaken_IsTrue()
    {
        var plan = Plan("- appID: one\n");
        Assert.False(plan.HasLostPort);

        using var listener = Listen(plan.Apps[0].Sidecar.HttpPort);

        Assert.True(plan.HasLostPort);
    }

    [Theory]
    [InlineData("- appID: one\n  appPort: 8080\n- appID: two\n  daprHTTPPort: 8080\n", "dapr.yaml:6: apps[1].daprHTTPPort: port 8080 is already apps[0].appPort")]
    [InlineData("- appID: one\n- appID: one\n", "dapr.yaml:4: apps[1].appID: 'one' is already the app ID of apps[0]")]
    [InlineData("- appPort: 8080\n", "dapr.yaml:3: apps[0].appID: is required")]
    [InlineData("- appID: a/b\n", "dapr.yaml:3: apps[0].appID: 'a/b' must consist of letters")]
    [InlineData("- appID: one\n  appDirPath: nowhere\n", "dapr.yaml:4: apps[0].appDirPath: the folder ")]
    [InlineData("- appID: one\n  command: [no-such-command-here]\n", "dapr.yaml:4: apps[0].command: 'no-such-command-here' was not found in PATH")]
    [InlineData("- appID: one\n  command: [./run.sh]\n", "dapr.yaml:4: apps[0].command: './run.sh' does not exist")]
    [InlineData("- appID: one\n  command: [./dapr.yaml]\n", "dapr.yaml:4: apps[0].command: './dapr.yaml' is not executable")]
    [InlineData("- appID: one\n  resourcesPath: nowhere\n", "dapr.yaml:4: apps[0].resourcesPath: ")]
    [InlineData("- appID: one\n  resourcesPaths: [nowhere]\n", "dapr.yaml:4: apps[0].resourcesPaths: ")]
    [InlineData("- appID: one\n  configFilePath: nowhere.yaml\n", "dapr.yaml:4: apps[0].configFilePath: ")]
    [InlineData("- appID: one\n  appHealthProbeInterval: 0\n", "dapr.yaml:4: apps[0].appHealthProbeInterval: must be at least 1")]
    public void Plan_Fault_NamesFileLineAndKey(string apps, string expected)
    {
        var fault = Assert.Single(Assert.Throws<RunFaultException>(() => Plan(apps)).Faults);

        Assert.StartsWith(_folder[expected], fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunKeys.AppPort)]
    [InlineData(RunKeys.HttpPort)]
    [InlineData(RunKeys.GrpcPort)]
    [InlineData(RunKeys.MetricsPort)]
    public void Plan_TakenPort_IsAFault(string key)
    {
        using var listener = Listen(0);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = Assert.Single(Assert.Throws<RunFaultException>(() => Plan($"- appID: one\n  command: [sh]\n  {key}: {port}\n")).Faults);

        Assert.Equal($"{_folder["dapr.yaml"]}:5: apps[0].{key}: port {port} is in use by another process", fault);
    }

    [Fact]
    public void Plan_AppOfSomebodyElse_MayBeUpAlready()
    {
        using var listener = Listen(0);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var app = Assert.Single(Plan($"- appID: one\n  appPort: {port}\n").Apps);

        Assert.Null(app.Command);
        Assert.Equal(port, app.Sidecar.AppPort);
    }

    [Fact]
    public void Plan_DaprFolderOfTheApp_IsTakenWhenTheFileNamesNothing()
    {
        Directory.CreateDirectory(_folder["one/.dapr/resources"]);
        Directory.CreateDirectory(_folder["shared"]);
        File.WriteAllText(_folder["one/.dapr/config.yaml"], "");

        var apps = Plan("- appDirPath: one\n- appDirPath: one\n  appID: two\n  resourcesPath: shared\n").Apps;

        Assert.Equal([_folder["one/.dapr/resources"]], apps[0].Sidecar.ResourcesPaths);
        Assert.Equal([_folder["one/.dapr/config.yaml"]], apps[0].Sidecar.ConfigPaths);
        Assert.Equal([_folder["shared"]], apps[1].Sidecar.ResourcesPaths);
    }

    [Fact]
    public void Plan_ResourcesOfTheCommandLine_ReplaceTheFiles()
    {
        var plan = Plan("- appID: one\n  resourcesPath: nowhere\n", request => request with { ResourcesPaths = ["/a", "/b"] });

        Assert.Equal(["/a", "/b"], plan.Apps[0].Sidecar.ResourcesPaths);
    }

    [Fact]
    public void Plan_WatchOfUnknownApp_IsAFault()
    {
        var fault = Assert.Single(Assert.Throws<RunFaultException>(() => Plan("- appID: one\n", request => request with { Watch = ["two"] })).Faults);

        Assert.StartsWith("--watch: there is no app 'two'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AppSsl_MakesTheProtocolSecure()
        => Assert.Equal("grpcs", Plan("- appID: one\n  appProtocol: grpc\n  appSSL: true\n").Apps[0].Sidecar.AppProtocol);

    [Fact]
    public void Plan_UnixDomainSocket_IsAWarning()
        => Assert.Contains("unixDomainSocket", Assert.Single(Plan("- appID: one\n  unixDomainSocket: /tmp\n").Warnings), StringComparison.Ordinal);

    [Fact]
    public void Plan_Environment_TellsTheAppOfItsSidecar()
    {
        var ports = TestPorts.Take(4);
        var plan = Plan(
            $"""
            - appID: one
              appPort: {ports[0]}
              daprHTTPPort: {ports[1]}
              daprGRPCPort: {ports[2]}
              metricsPort: {ports[3]}
              command: [sh]
              env:
                OWN: value
            - appID: two
              command: [sh]
              env: {"{"}APP_API_TOKEN: given, DAPR_API_TOKEN: secret, NAMESPACE: shop{"}"}
            """);

        var (one, two) = (plan.Apps[0], plan.Apps[1]);
        var environment = one.Command!.Environment;
        Assert.Equal("one", environment["APP_ID"]);
        Assert.Equal($"{ports[0]}", environment["APP_PORT"]);
        Assert.Equal("http", environment["APP_PROTOCOL"]);
        Assert.Equal("127.0.0.1", environment["APP_CHANNEL_ADDRESS"]);
        Assert.Equal($"{ports[1]}", environment["DAPR_HTTP_PORT"]);
        Assert.Equal($"{ports[2]}", environment["DAPR_GRPC_PORT"]);
        Assert.Equal($"{ports[3]}", environment["DAPR_METRICS_PORT"]);
        Assert.Equal($"http://127.0.0.1:{ports[1]}", environment["DAPR_HTTP_ENDPOINT"]);
        Assert.Equal($"http://127.0.0.1:{ports[2]}", environment["DAPR_GRPC_ENDPOINT"]);
        Assert.Equal(plan.DataDirectory, environment["TANDEM_DATA_DIR"]);
        Assert.Equal(plan.Id, environment[AppEnvironment.RunIdVariable]);
        Assert.Equal("value", environment["OWN"]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.Equal(one.Sidecar.AppToken, environment["APP_API_TOKEN"]);
        Assert.Equal(48, environment["APP_API_TOKEN"].Length);
        Assert.False(environment.ContainsKey("DAPR_API_TOKEN"));
        Assert.Null(one.Sidecar.ApiToken);

        Assert.Equal("given", two.Sidecar.AppToken);
        Assert.Equal("given", two.Command!.Environment["APP_API_TOKEN"]);
        Assert.Equal("secret", two.Sidecar.ApiToken);
        Assert.Equal("shop", two.Sidecar.Namespace);
        Assert.False(two.Command.Environment.ContainsKey("APP_PORT"));
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private RunPlan Plan(string apps, Func<RunRequest, RunRequest>? change = null)
    {
        File.WriteAllText(_folder["dapr.yaml"], $"version: 1\napps:\n{apps}");
        var request = new RunRequest { File = RunFileReader.Read(_folder["dapr.yaml"]) };
        return RunPlanner.Plan(change is null ? request : change(request));
    }
}
