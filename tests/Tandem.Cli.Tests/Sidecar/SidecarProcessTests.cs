using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tandem.Cli.Tests.Support;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Sidecar;

/// <summary>The built command in daprd's place: how it starts, what it logs, and how it ends.</summary>
public sealed class SidecarProcessTests : IDisposable
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = TestPorts.Take(4);
    private readonly HttpClient _http = new();

    public SidecarProcessTests() => Directory.CreateDirectory(_folder["resources"]);

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task Sidecar_Signal_EndsWithZero(int signal)
    {
        await using var process = Start();
        await process.LineAsync("dapr initialized");

        process.Signal(signal);

        Assert.Equal(0, await process.ExitAsync());
        Assert.All(process.Lines, static line => Assert.Matches("^time=\"[^\"]+Z\" level=(info|warning) msg=.+ app_id=one instance=.+ scope=dapr\\.runtime.* type=log ver=\\d+\\.\\d+\\.\\d+$", line));
    }

    [Fact]
    public async Task Sidecar_EmptyEnvironment_StartsAllTheSame()
    {
        await using var process = TandemProcess.StartAs("/usr/bin/env", _folder.Path, _folder["home"], ["-i", $"TANDEM_HOME={_folder["home"]}", TandemProcess.Executable, .. Arguments()]);

        await process.LineAsync("dapr initialized");
        Assert.Equal(HttpStatusCode.NoContent, (await _http.GetAsync($"http://127.0.0.1:{_ports[0]}/v1.0/healthz")).StatusCode);
    }

    [Fact]
    public async Task Sidecar_LogAsJson_WritesOneObjectALine()
    {
        await using var process = Start("--log-as-json");
        var line = await process.LineAsync("dapr initialized");

        using var parsed = JsonDocument.Parse(line);
        Assert.Equal(["app_id", "instance", "level", "msg", "scope", "time", "type", "ver"], parsed.RootElement.EnumerateObject().Select(static field => field.Name));
    }

    [Fact]
    public async Task Sidecar_LogFile_TakesTheLog()
    {
        await using var process = Start("--log-file", _folder["daprd.log"]);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!File.Exists(_folder["daprd.log"]) || !(await File.ReadAllTextAsync(_folder["daprd.log"])).Contains("dapr initialized", StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        Assert.Empty(process.Lines);
    }

    [Fact]
    public async Task Sidecar_Hangup_ReadsItsFilesAnewUnlessTheyAreAtFault()
    {
        await File.WriteAllTextAsync(_folder["config.yaml"], Configuration("false"));
        await using var process = Start("--config", _folder["config.yaml"]);
        await process.LineAsync("dapr initialized");

        await File.WriteAllTextAsync(_folder["config.yaml"], Configuration("perhaps"));
        process.Signal(Hangup);
        await process.LineAsync("Configuration 'c': spec.logging.apiLogging.enabled must be true or false, not 'perhaps'; the runtime goes on as it is");
        Assert.Equal(HttpStatusCode.NoContent, (await _http.GetAsync($"http://127.0.0.1:{_ports[0]}/v1.0/healthz")).StatusCode);

        await File.WriteAllTextAsync(_folder["config.yaml"], Configuration("true"));
        process.Signal(Hangup);
        await process.LineAsync("the runtime starts anew");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (process.Lines.Count(static line => line.Contains("dapr initialized", StringComparison.Ordinal)) < 2)
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        await _http.GetAsync($"http://127.0.0.1:{_ports[0]}/v1.0/metadata");
        Assert.Contains("method=\"GET /v1.0/metadata\"", await process.LineAsync("HTTP API Called"), StringComparison.Ordinal);
        process.Signal(Terminate);
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task Sidecar_ShutdownBlocked_ServesUntilASecondSignalEndsItAtOnce()
    {
        await using var process = Start("--dapr-block-shutdown-duration", "5m");
        await process.LineAsync("dapr initialized");

        process.Signal(Terminate);
        await process.LineAsync("Blocking graceful shutdown");
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"http://127.0.0.1:{_ports[0]}/v1.0/metadata")).StatusCode);

        process.Signal(Terminate);
        Assert.Equal(1, await process.ExitAsync());
    }

    [Fact]
    public async Task Sidecar_ShutdownByApi_EndsWithZero()
    {
        await using var process = Start();
        await process.LineAsync("dapr initialized");

        Assert.Equal(HttpStatusCode.NoContent, (await _http.PostAsync($"http://127.0.0.1:{_ports[0]}/v1.0/shutdown", null)).StatusCode);

        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task Sidecar_UnixDomainSocket_TakesThePlaceOfThePort()
    {
        await using var process = Start("--unix-domain-socket", _folder.Path);
        await process.LineAsync("dapr initialized");
        using var overSocket = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder["dapr-one-http.socket"]), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Equal(HttpStatusCode.NoContent, (await overSocket.GetAsync("http://dapr/v1.0/healthz")).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync($"http://127.0.0.1:{_ports[0]}/v1.0/healthz"));

        process.Signal(Terminate);
        Assert.Equal(0, await process.ExitAsync());
        Assert.False(File.Exists(_folder["dapr-one-http.socket"]));
    }

    [Fact]
    public async Task Sidecar_PublicPort_AnswersHealthAndMetadataAlone()
    {
        await using var process = Start("--dapr-public-port", Port(3));
        await process.LineAsync("dapr initialized");

        Assert.Equal(HttpStatusCode.NoContent, (await _http.GetAsync($"http://127.0.0.1:{_ports[3]}/v1.0/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"http://127.0.0.1:{_ports[3]}/v1.0/metadata")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"http://127.0.0.1:{_ports[3]}/v1.0/state/x/y")).StatusCode);
    }

    [Fact]
    public async Task Sidecar_Wait_EndsWhenTheOtherIsReady()
    {
        await using var process = Start();

        var (code, text) = await TandemProcess.RunAsync(_folder.Path, _folder["home"], "sidecar", "--wait", "--dapr-http-port", Port(0));

        Assert.Equal((0, $"the sidecar on port {_ports[0]} is ready for outgoing calls"), (code, text));
    }

    [Theory]
    [InlineData("--mode kubernetes", "--mode 'kubernetes' is not supported")]
    [InlineData("--log-level loud", "--log-level 'loud' is none of")]
    [InlineData("--max-body-size 4Mo", "--max-body-size '4Mo' is not a size such as 4Mi")]
    [InlineData("--disable-init-endpoints config,jobs", "--disable-init-endpoints 'jobs' is neither config nor subscribe")]
    [InlineData("--dapr-block-shutdown-duration long", "--dapr-block-shutdown-duration 'long' is not a duration")]
    [InlineData("--unix-domain-socket none", "--unix-domain-socket: folder")]
    [InlineData("--resources-path none", "--resources-path 'none' does not exist")]
    public async Task Sidecar_FlagThatCannotBeUsed_IsAFatalLineAndExitCodeOne(string flags, string expected)
    {
        var (code, text) = await TandemProcess.RunAsync(_folder.Path, _folder["home"], [.. Arguments(), .. flags.Split(' ')]);

        Assert.Equal(1, code);
        Assert.Contains($"level=fatal msg=\"Fatal error from runtime: ", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    private static string Configuration(string apiLogging)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {{ name: c }}\nspec: {{ logging: {{ apiLogging: {{ enabled: {apiLogging} }} }} }}\n";

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);

    private string[] Arguments()
        => ["sidecar", "--app-id", "one", "--dapr-http-port", Port(0), "--dapr-grpc-port", Port(1), "--metrics-port", Port(2), "--resources-path", _folder["resources"]];

    private TandemProcess Start(params string[] flags) => TandemProcess.Start(_folder.Path, _folder["home"], [.. Arguments(), .. flags]);
}
