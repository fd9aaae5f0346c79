using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tandem.Cli.Processes;
using Tandem.Cli.Tests.Support;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Commands;

public sealed class RunTests : IDisposable
{
    private const int SigInt = 2;
    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SigInt)]
    [InlineData(LibC.SigTerm)]
    [InlineData(LibC.SigHangUp)]
    public async Task Run_Signal_StopsEverythingAndEndsWithZero(int signal)
    {
        var ports = _folder.WriteApps(("one", ""), ("gateway", ""));
        await using var tandem = _folder.Run();
        await tandem.LineAsync("All 2 apps are healthy");
        await tandem.LineAsync($"Gateway: http://127.0.0.1:{ports[1]}");
        var pids = new[] { await PidOfAsync("one"), await PidOfAsync("gateway") };

        tandem.Signal(signal);

        Assert.Equal(0, await tandem.ExitAsync());
        Assert.Contains("one     | listening as one", tandem.Lines);
        Assert.Contains("gateway | I go", tandem.Lines);
        Assert.Equal("All stopped", tandem.Lines[^1]);
        Assert.All(pids, static pid => Assert.Null(ProcessIdentity.Find(pid)));
        Assert.Empty(Directory.GetFiles(_folder["home/runs"]));
    }

    [Fact]
    public async Task Run_HostIsKilled_NothingIsLeft()
    {
        _folder.WriteApps(("one", "env: {CHILD: '1', STUBBORN: '1'}"), ("two", ""));
        await using var tandem = _folder.Run();
        await tandem.LineAsync("All 2 apps are healthy");
        var pids = new[] { await PidOfAsync("one"), await PidOfAsync("two"), await ChildAsync(tandem) };

        tandem.Signal(LibC.SigKill);
        await tandem.ExitAsync();

        await RunFolder.AllGoneAsync(pids);
        Assert.Equal("[]", (await _folder.TandemAsync("list", "-o", "json")).Text);
        Assert.Empty(Directory.GetFiles(_folder["home/runs"]));
    }

    [Fact]
    public async Task Run_AppDoesNotListen_IsKilledWithItsDescendantsAfterTheGracefulTime()
    {
        _folder.WriteApps(("one", "env: {CHILD: '1', STUBBORN: '1'}"));
        await using var tandem = _folder.Run("--dapr-graceful-shutdown-seconds", "0.3");
        await tandem.LineAsync("The app is healthy");
        var pids = new[] { await PidOfAsync("one"), await ChildAsync(tandem) };

        tandem.Signal(LibC.SigTerm);

        Assert.Equal(0, await tandem.ExitAsync());
        Assert.Contains("one | I stay", tandem.Lines);
        Assert.All(pids, static pid => Assert.Null(ProcessIdentity.Find(pid)));
    }

    [Fact]
    public async Task Run_SecondInterrupt_KillsAtOnce()
    {
        _folder.WriteApps(("one", "env: {STUBBORN: '1'}"));
        await using var tandem = _folder.Run("--dapr-graceful-shutdown-seconds", "3600");
        await tandem.LineAsync("The app is healthy");
        var pid = await PidOfAsync("one");

        tandem.Signal(SigInt);
        await tandem.LineAsync("I stay");
        tandem.Signal(SigInt);

        await tandem.ExitAsync();
        Assert.Null(ProcessIdentity.Find(pid));
    }

    [Fact]
    public async Task Run_AppEndsBeforeItIsReady_EndsWithItsCodeAndLastLines()
    {
        var ports = TestPorts.Take(2);
        _folder.Write(
            $"""
            version: 1
            apps:
            - appID: good
              appDirPath: app
              appPort: {ports[0]}
              command: [node, app.mjs]
            - appID: bad
              appPort: {ports[1]}
              command: [sh, -c, "echo first; echo the reason >&2; exit 42"]
            """);
        await using var tandem = _folder.Run();

        Assert.Equal(42, await tandem.ExitAsync());
        Assert.Contains(tandem.Lines, static line => line.StartsWith("bad failed to start after", StringComparison.Ordinal)
            && line.Contains("exit code 42", StringComparison.Ordinal));
        Assert.Contains("    the reason", tandem.Lines);
        Assert.Contains("    first", tandem.Lines);
        Assert.DoesNotContain(tandem.Lines, static line => line.Contains("healthy", StringComparison.Ordinal));
        using var probe = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => probe.ConnectAsync(IPAddress.Loopback, ports[0]).WithinAsync());
    }

    [Fact]
    public async Task Run_AppIsNotReadyInTime_FailsAndSaysWhichPort()
    {
        var port = TestPorts.Take(1)[0];
        _folder.Write($"version: 1\napps:\n- appID: mute\n  appPort: {port}\n  command: [sh, -c, 'exec sleep 1000']\n");
        await using var tandem = _folder.Run("--start-timeout", "0.5");

        Assert.Equal(1, await tandem.ExitAsync());
        Assert.Contains($"port {port} did not answer within 0.5 s", tandem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AppDies_ComesBackAndTheOthersStay()
    {
        var ports = _folder.WriteApps(("one", ""), ("two", ""));
        await using var tandem = _folder.Run();
        await tandem.LineAsync("All 2 apps are healthy");
        var (one, two) = (await PidOfAsync("one"), await PidOfAsync("two"));

        Assert.Equal(0, LibC.Kill(one, LibC.SigKill));
        await tandem.LineAsync("one ended: killed by SIGKILL (exit code 137); starting it again in 0.25 s");
        await tandem.LineAsync("one is ready again");

        Assert.NotEqual(one, await PidOfAsync("one"));
        Assert.Equal(two, await PidOfAsync("two"));
        Assert.Equal(1, (await _folder.ListedAsync("one")).GetProperty("restarts").GetInt32());
        using var client = new HttpClient();
        Assert.Contains("one", await client.GetStringAsync(new Uri($"http://127.0.0.1:{ports[0]}/")).WithinAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Watch_StartsThatAppAgainAndNoOther()
    {
        Directory.CreateDirectory(_folder["app/bin"]);
        _folder.WriteApps(("one", ""), ("two", ""));
        await using var tandem = _folder.Run("--watch", "one");
        await tandem.LineAsync("All 2 apps are healthy");
        var (one, two) = (await PidOfAsync("one"), await PidOfAsync("two"));

        // What builds write starts nothing; what is changed after it does, and tells that this was seen.
        await File.WriteAllTextAsync(_folder["app/bin/built.txt"], "");
        await File.WriteAllTextAsync(_folder["app/settings.json"], "{}");
        await tandem.LineAsync("one: settings.json was added; starting it again", "one: settings.json changed; starting it again");
        await tandem.LineAsync("one is ready again");

        Assert.NotEqual(one, await PidOfAsync("one"));
        Assert.Equal(two, await PidOfAsync("two"));
        Assert.DoesNotContain("built.txt", tandem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameRunFileTwice_IsRefused()
    {
        _folder.WriteApps(("one", ""));
        await using var tandem = _folder.Run();
        await tandem.LineAsync("The app is healthy");

        var (code, text) = await _folder.TandemAsync("run", "-f", "dapr.yaml");

        Assert.Equal(1, code);
        Assert.Contains("dapr.yaml: this run file is running already", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TakenPort_IsOneMessageAndNothingStarts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _folder.Write($"version: 1\napps:\n- appID: one\n  appPort: {port}\n  command: [sh]\n");

        var (code, text) = await _folder.TandemAsync("run", "-f", "dapr.yaml");

        Assert.Equal(1, code);
        Assert.Equal($"dapr.yaml:4: apps[0].appPort: port {port} is in use by another process", text);
    }

    [Fact]
    public async Task Run_UnknownComponentType_IsOneMessageAndNothingStarts()
    {
        Directory.CreateDirectory(_folder["components"]);
        await File.WriteAllTextAsync(
            _folder["components/state.yaml"],
            "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: statestore\nspec:\n  type: state.nonsense\n  version: v1\n");
        _folder.WriteApps(("one", ""), ("two", ""));

        var (code, text) = await _folder.TandemAsync("run", "-f", "dapr.yaml", "--resources-path", "components");

        Assert.Equal(1, code);
        Assert.Contains("state.nonsense", text, StringComparison.Ordinal);
        Assert.Contains("state.yaml", text, StringComparison.Ordinal);
        Assert.DoesNotContain("listening", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ApiShutdown_StopsTheRun()
    {
        _folder.WriteApps(("one", ""));
        await using var tandem = _folder.Run();
        await tandem.LineAsync("The app is healthy");
        var port = (await _folder.ListedAsync("one")).GetProperty("httpPort").GetInt32();

        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri($"http://127.0.0.1:{port}/v1.0/shutdown"), null).WithinAsync();

        Assert.Equal(0, await tandem.ExitAsync());
    }

    [Fact]
    public async Task Run_SingleCommand_GetsItsEnvironmentAndEndsWithIt()
    {
        await using var tandem = TandemProcess.Start(
            _folder.Path, _folder.Home, "run", "--app-id", "job", "--", "sh", "-c", "echo \"$APP_ID $TANDEM_DATA_DIR\"; exit 5");

        Assert.Equal(5, await tandem.ExitAsync());
        Assert.Contains($"job {_folder[".tandem/data"]}", tandem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SingleCommandEndsWell_EndsWithZero()
    {
        await using var tandem = TandemProcess.Start(_folder.Path, _folder.Home, "run", "-a", "job", "--", "sh", "-c", "echo @done");

        Assert.Equal(0, await tandem.ExitAsync());
        Assert.Contains("job | @done", tandem.Lines);
    }

    [Fact]
    public async Task Run_LogDirAndDataDir_AreUsed()
    {
        _folder.WriteApps(("one", "appLogDestination: file"));
        await using var tandem = _folder.Run("--log-dir", "all-logs", "--data-dir", "all-data");
        await tandem.LineAsync("The app is healthy");

        tandem.Signal(LibC.SigTerm);
        await tandem.ExitAsync();

        Assert.Contains("listening as one", await File.ReadAllTextAsync(_folder["all-logs/one.log"]), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["all-logs/one.sidecar.log"]));
        Assert.True(Directory.Exists(_folder["all-data"]));
        Assert.DoesNotContain("listening as one", tandem.Text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["all-logs/one.log"]));
    }

    [Fact]
    public async Task Run_ThroughALink_FindsItsAssemblies()
    {
        File.CreateSymbolicLink(_folder["tandem-link"], TandemProcess.Executable);
        await using var tandem = TandemProcess.StartAs(_folder["tandem-link"], _folder["app"], _folder.Home, "version");

        Assert.Equal(0, await tandem.ExitAsync());
        Assert.StartsWith("tandem ", tandem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tandem_CalledAsDaprd_IsASidecar()
    {
        File.CreateSymbolicLink(_folder["daprd"], TandemProcess.Executable);
        var ports = TestPorts.Take(4);
        await using var sidecar = TandemProcess.StartAs(
            _folder["daprd"],
            _folder.Path,
            _folder.Home,
            "--app-id",
            "alone",
            "--dapr-http-port",
            $"{ports[0]}",
            "--dapr-grpc-port",
            $"{ports[1]}",
            $"--metrics-port={ports[2]}",
            "--dapr-internal-grpc-port",
            $"{ports[3]}");
        await sidecar.LineAsync("app_id=alone");

        sidecar.Signal(LibC.SigTerm);

        Assert.Equal(0, await sidecar.ExitAsync());
    }

    private async Task<int> PidOfAsync(string appId) => (await _folder.ListedAsync(appId)).GetProperty("appPid").GetInt32();

    private static async Task<int> ChildAsync(TandemProcess tandem)
        => int.Parse((await tandem.LineAsync("child ")).Split(' ')[^1], CultureInfo.InvariantCulture);
}
