using Tandem.Cli.Run;
using Tandem.Cli.Run.Files;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class RunFileReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AllKeys_AreRead()
    {
        var file = Read(
            """
            version: 1
            name: shop
            common:
              resourcesPaths: [components, ../shared]
              env:
                DEBUG: true
                LEVEL: 3
            apps:
              - appID: order
                appDirPath: services/order
                appPort: 8085
                appProtocol: h2c
                appChannelAddress: 127.0.0.2
                appSSL: false
                command: ["node", "app.js", "--port", "1"]
                env: {EMPTY: , TEXT: "x y"}
                daprHTTPPort: 3501
                daprGRPCPort: 50011
                daprInternalGRPCPort: 50012
                metricsPort: 9091
                profilePort: 7777
                configFilePath: config.yaml
                resourcesPath: own
                apiListenAddresses: 127.0.0.1,127.0.0.3
                enableProfiling: false
                logLevel: debug
                appMaxConcurrency: 5
                placementHostAddress: localhost:50005
                schedulerHostAddress: localhost:50006
                maxBodySize: 8Mi
                readBufferSize: 8Ki
                enableAppHealthCheck: true
                appHealthCheckPath: /ready
                appHealthProbeInterval: 2
                appHealthProbeTimeout: 100
                appHealthThreshold: 4
                enableApiLogging: true
                runtimePath: /opt/dapr
                daprdLogDestination: console
                appLogDestination: file
            """);

        var app = Assert.Single(file.Apps);
        Assert.Equal("shop", file.Name);
        Assert.Equal("order", app.Get<string>(RunKeys.AppId));
        Assert.Equal(_folder["services/order"], app.Get<string>(RunKeys.AppDirPath));
        Assert.Equal(8085, app.Get<int>(RunKeys.AppPort));
        Assert.Equal("h2c", app.Get<string>(RunKeys.AppProtocol));
        Assert.Equal(["node", "app.js", "--port", "1"], app.Get<string[]>(RunKeys.Command)!);
        Assert.Equal(8 * 1024 * 1024L, app.Get<long>(RunKeys.MaxBodySize));
        Assert.Equal(["127.0.0.1", "127.0.0.3"], app.Get<string[]>(RunKeys.ApiListenAddresses)!);
        Assert.True(app.Get<bool>(RunKeys.EnableAppHealthCheck));
        Assert.Equal("", app.Get<Dictionary<string, string>>(RunKeys.Env)!["EMPTY"]);
        Assert.Equal("true", file.Common.Get<Dictionary<string, string>>(RunKeys.Env)!["DEBUG"]);
        Assert.Equal(
            [_folder["components"], Path.GetFullPath(_folder["../shared"])],
            file.Common.Get<string[]>(RunKeys.ResourcesPaths)!);
    }

    [Fact]
    public void Over_Common_AppWinsAndEnvironmentsJoin()
    {
        var file = Read(
            """
            version: 1
            common:
              appProtocol: grpc
              logLevel: warn
              env: {A: common, B: common}
            apps:
              - appID: one
                appProtocol: http
                env: {B: own}
            """);

        var app = file.Apps[0].Over(file.Common);

        Assert.Equal("http", app.Get<string>(RunKeys.AppProtocol));
        Assert.Equal("warn", app.Get<string>(RunKeys.LogLevel));
        Assert.Equal(
            new Dictionary<string, string> { ["A"] = "common", ["B"] = "own" },
            app.Get<Dictionary<string, string>>(RunKeys.Env));
    }

    [Fact]
    public void Read_Folder_TakesItsDaprYaml()
    {
        File.WriteAllText(_folder["dapr.yaml"], "version: 1\napps:\n- appID: one\n");

        Assert.Equal(_folder["dapr.yaml"], RunFileReader.Read(_folder.Path).Path);
    }

    [Theory]
    [InlineData("version: 2\napps:\n- appID: a\n", "dapr.yaml:1: version: must be 1")]
    [InlineData("version: 1\nservices: []\napps:\n- appID: a\n", "dapr.yaml:2: services: is not a key of a run file")]
    [InlineData("version: 1\napps:\n- appID: a\n  appId: b\n", "dapr.yaml:4: apps[0].appId: is not a key of an app; did you mean appID?")]
    [InlineData("version: 1\napps:\n- appID: a\n  colour: b\n", "dapr.yaml:4: apps[0].colour: is not a key of an app")]
    [InlineData("version: 1\ncommon:\n  portt: 1\napps:\n- appID: a\n", "dapr.yaml:3: common.portt: is not a key of an app")]
    [InlineData("version: 1\napps:\n- appID: a\n  appPort: many\n", "dapr.yaml:4: apps[0].appPort: must be a port from 1 to 65535, not 'many'")]
    [InlineData("version: 1\napps:\n- appID: a\n  appPort: 70000\n", "dapr.yaml:4: apps[0].appPort: must be a port from 1 to 65535, not '70000'")]
    [InlineData("version: 1\napps:\n- appID: a\n  appProtocol: tcp\n", "dapr.yaml:4: apps[0].appProtocol: must be one of http, https, h2c, grpc, grpcs, not 'tcp'")]
    [InlineData("version: 1\napps:\n- appID: a\n  enableApiLogging: maybe\n", "dapr.yaml:4: apps[0].enableApiLogging: must be true or false, not 'maybe'")]
    [InlineData("version: 1\napps:\n- appID: a\n  maxBodySize: 4Zi\n", "dapr.yaml:4: apps[0].maxBodySize: must be a size such as 4Mi or 512Ki, not '4Zi'")]
    [InlineData("version: 1\napps:\n- appID: a\n  appHealthThreshold: few\n", "dapr.yaml:4: apps[0].appHealthThreshold: must be a whole number, not 'few'")]
    [InlineData("version: 1\napps:\n- appID: a\n  command: node app.js\n", "dapr.yaml:4: apps[0].command: must be a list")]
    [InlineData("version: 1\napps:\n- appID: a\n  command: []\n", "dapr.yaml:4: apps[0].command: must not be empty")]
    [InlineData("version: 1\napps:\n- appID: a\n  command: [node, {a: b}]\n", "dapr.yaml:4: apps[0].command[1]: must be a single value")]
    [InlineData("version: 1\napps:\n- appID: a\n  env: [A]\n", "dapr.yaml:4: apps[0].env: must be a mapping of names to values")]
    [InlineData("version: 1\napps:\n- appID: a\n  env: {A: [b]}\n", "dapr.yaml:4: apps[0].env.A: must be a single value")]
    [InlineData("version: 1\napps:\n- appID: a\n  appDirPath: [x]\n", "dapr.yaml:4: apps[0].appDirPath: must be a single value")]
    [InlineData("version: 1\napps: a\n", "dapr.yaml:2: apps: must be a list of apps")]
    [InlineData("version: 1\napps: [a]\n", "dapr.yaml:2: apps[0]: must be a mapping of keys to values")]
    [InlineData("version: 1\napps: []\n", "dapr.yaml:1: apps: must list at least one app")]
    [InlineData("version: 1\n", "dapr.yaml:1: apps: must list at least one app")]
    [InlineData("- one\n", "dapr.yaml: the run file must hold one document, a mapping with version and apps")]
    [InlineData("", "dapr.yaml: the run file must hold one document, a mapping with version and apps")]
    [InlineData("version: 1\napps:\n- appID: [a\n", "dapr.yaml:4: the run file is not valid YAML")]
    [InlineData("version: 1\napps:\n- appID: a\n  appID: b\n", "dapr.yaml:4: the run file is not valid YAML")]
    public void Read_Fault_NamesFileLineAndKey(string text, string expected)
    {
        var fault = Assert.Single(Assert.Throws<RunFaultException>(() => Read(text)).Faults);

        Assert.StartsWith(_folder[expected], fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFaults_AllAreSaid()
    {
        var faults = Assert.Throws<RunFaultException>(() => Read("version: 3\napps:\n- appPort: x\n  logLevel: loud\n")).Faults;

        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        var fault = Assert.Single(Assert.Throws<RunFaultException>(() => RunFileReader.Read(_folder["none.yaml"])).Faults);

        Assert.Equal($"{_folder["none.yaml"]}: the run file does not exist", fault);
    }

    private RunFile Read(string text)
    {
        File.WriteAllText(_folder["dapr.yaml"], text);
        return RunFileReader.Read(_folder["dapr.yaml"]);
    }
}
