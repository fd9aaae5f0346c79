using System.Text.Json;
using Tandem.Cli.Processes;
using Tandem.Cli.Tests.Support;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Commands;

/// <summary>The commands that look after a run: list, stop, logs, invoke, publish.</summary>
public sealed class LookAfterTests : IAsyncLifetime
{
    private readonly RunFolder _folder = new();
    private TandemProcess? _tandem;
    private int[] _ports = [];

    private TandemProcess Tandem => _tandem!;

    public async Task InitializeAsync()
    {
        _ports = _folder.WriteApps(("one", ""), ("two", "metricsPort: 0"));
        _tandem = _folder.Run();
        await Tandem.LineAsync("All 2 apps are healthy");
    }

    public async Task DisposeAsync()
    {
        await Tandem.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_Json_HasPortsPidsAndHealth()
    {
        var app = await _folder.ListedAsync("one");

        Assert.Equal(_ports[0], app.GetProperty("appPort").GetInt32());
        Assert.True(app.GetProperty("httpPort").GetInt32() > 0);
        Assert.True(app.GetProperty("grpcPort").GetInt32() > 0);
        Assert.True(app.GetProperty("metricsPort").GetInt32() > 0);
        Assert.Equal(Tandem.Pid, app.GetProperty("daprdPid").GetInt32());
        Assert.Equal(Tandem.Pid, app.GetProperty("sidecarPid").GetInt32());
        Assert.Equal(Tandem.Pid, app.GetProperty("cliPid").GetInt32());
        Assert.NotNull(ProcessIdentity.Find(app.GetProperty("appPid").GetInt32()));
        Assert.Equal("healthy", app.GetProperty("health").GetString());
        Assert.Equal("node app.mjs", app.GetProperty("command").GetString());
        Assert.Equal(_folder["dapr.yaml"], app.GetProperty("runTemplatePath").GetString());
        Assert.Equal(_folder[".tandem/logs"], app.GetProperty("logs").GetString());
        Assert.Equal(JsonValueKind.String, app.GetProperty("age").ValueKind);
    }

    [Fact]
    public async Task List_Table_HasARowForEachApp()
    {
        var (code, text) = await _folder.TandemAsync("list");

        Assert.Equal(0, code);
        Assert.Collection(
            text.Split('\n'),
            static line => Assert.StartsWith("APP ID", line, StringComparison.Ordinal),
            static line => Assert.StartsWith("one ", line, StringComparison.Ordinal),
            static line => Assert.StartsWith("two ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_Yaml_HasTheSameNames()
    {
        var (_, text) = await _folder.TandemAsync("list", "--output", "yaml");

        Assert.Contains("- appId: \"one\"", text, StringComparison.Ordinal);
        Assert.Contains("  health: \"healthy\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunState_IsTheOwnersAlone()
    {
        var file = Assert.Single(Directory.GetFiles(_folder["home/runs"], "*.json"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["home/runs"]));
        Assert.DoesNotContain("token", await File.ReadAllTextAsync(file), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("-f", "dapr.yaml")]
    [InlineData("-f", ".")]
    [InlineData("--app-id", "two")]
    public async Task Stop_ByFileOrApp_WaitsUntilTheRunIsGone(string flag, string value)
    {
        var pid = (await _folder.ListedAsync("one")).GetProperty("appPid").GetInt32();

        var (code, text) = await _folder.TandemAsync("stop", flag, value);

        Assert.Equal(0, code);
        Assert.EndsWith("is stopped: one, two", text, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Find(pid));
        Assert.Null(ProcessIdentity.Find(Tandem.Pid));
        Assert.Equal(0, await Tandem.ExitAsync());
    }

    [Fact]
    public async Task Stop_UnknownApp_SaysSo()
        => Assert.Equal((1, "no running app is called three"), await _folder.TandemAsync("stop", "--app-id", "three"));

    [Fact]
    public async Task Logs_Tail_ShowsTheLastLines()
    {
        await AskAsync("/first");
        await AskAsync("/second");

        Assert.Equal((0, "GET /second"), await _folder.TandemAsync("logs", "one", "--tail", "1"));
        Assert.EndsWith("GET /first\nGET /second", (await _folder.TandemAsync("logs", "one")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_Follow_ShowsWhatIsAddedUntilTheRunEnds()
    {
        await using var follow = TandemProcess.Start(_folder.Path, _folder.Home, "logs", "one", "--follow");
        await follow.LineAsync("listening as one");

        await AskAsync("/added");
        await follow.LineAsync("GET /added");
        Tandem.Signal(LibC.SigTerm);

        Assert.Equal(0, await follow.ExitAsync());
        Assert.Equal("I go", follow.Lines[^1]);
    }

    [Fact]
    public async Task Logs_Sidecar_ShowsTheSidecarsLines()
        => Assert.Contains("app_id=one", (await _folder.TandemAsync("logs", "one", "--sidecar")).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Logs_AfterTheRun_AreStillThere()
    {
        Tandem.Signal(LibC.SigTerm);
        await Tandem.ExitAsync();

        var (code, text) = await _folder.TandemAsync("logs", "one");

        Assert.Equal(0, code);
        Assert.EndsWith("I go", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_UnknownApp_SaysWhereItLooked()
        => Assert.Equal(
            (1, $"there is no log of 'three': {_folder[".tandem/logs/three.log"]} does not exist"),
            await _folder.TandemAsync("logs", "three"));

    [Fact]
    public async Task Invoke_Method_PrintsTheAnswer()
    {
        var (code, text) = await _folder.TandemAsync("invoke", "--app-id", "two", "--method", "hello", "--verb", "get");

        Assert.Equal(0, code);
        Assert.StartsWith("{\"app\":\"two\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_UnknownApp_SaysSo()
        => Assert.Equal((1, "no running app is called 'three'; see: tandem list"), await _folder.TandemAsync("invoke", "-a", "three", "-m", "x"));

    [Fact]
    public async Task Publish_UnknownPubSub_PrintsTheSidecarsAnswer()
    {
        var (code, text) = await _folder.TandemAsync("publish", "-i", "one", "-p", "nowhere", "-t", "topic", "-d", "{}");

        Assert.Equal(1, code);
        Assert.StartsWith("one answered 4", text, StringComparison.Ordinal);
        Assert.Contains("ERR_PUBSUB_NOT_", text, StringComparison.Ordinal);
    }

    private async Task AskAsync(string path)
    {
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri($"http://127.0.0.1:{_ports[0]}{path}")).WithinAsync();
    }
}
