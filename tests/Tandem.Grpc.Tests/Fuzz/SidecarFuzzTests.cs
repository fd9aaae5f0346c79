using System.Diagnostics;
using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Net.Client;
using Tandem.Testing;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>The built sidecar's gRPC port under requests that are wrong somewhere, to every method of the API and to apps behind it.</summary>
[Collection(AloneCollection.Name)]
public sealed class SidecarFuzzTests
{
    private const long LargestMemory = 400 << 20;

    [Fact]
    public async Task Requests_Mutated_LeaveTheSidecarWell()
    {
        using var sidecar = new SidecarProcess();
        await sidecar.StartAsync();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.GrpcPort}");
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        var played = await FuzzRun.PlayAsync(
            25 / 60.0,
            random => RequestFuzzer.PlayAsync(random, sidecar.GrpcPort, Calls),
            async () =>
            {
                Assert.Equal("fuzz", (await client.GetMetadataAsync(new GetMetadataRequest(), deadline: DateTime.UtcNow.AddSeconds(10))).Id);
                Assert.True(sidecar.Errors.Count == 0, string.Join('\n', sidecar.Errors));
                Assert.InRange(sidecar.Memory, 0, LargestMemory);
            });
        Assert.True(played > 200);
    }

    // Every method but the one that ends the sidecar, each with a request that means something to some of them; and an app's.
    private static IReadOnlyList<(string, byte[])> Calls { get; } =
    [
        .. Dapr.Client.Autogen.Grpc.v1.Dapr.Descriptor.Methods.Where(static method => method.Name != "Shutdown")
            .Select(static method => ($"/{method.Service.FullName}/{method.Name}", Requests[method.Name.Length % Requests.Length])),
        ("/some.app.Service/Method", [1, 2, 3]),
        ("/grpc.health.v1.Health/Check", []),
    ];

    private static byte[][] Requests =>
    [
        new SaveStateRequest { StoreName = "statestore", States = { new StateItem { Key = "k", Value = ByteString.CopyFromUtf8("v") } } }.ToByteArray(),
        new GetStateRequest { StoreName = "statestore", Key = "k" }.ToByteArray(),
        new PublishEventRequest { PubsubName = "pubsub", Topic = "t", Data = ByteString.CopyFromUtf8("{}"), DataContentType = "application/json" }.ToByteArray(),
        [],
    ];

    private sealed class SidecarProcess : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<string> _errors = [];
        private readonly int _httpPort = FreePorts.Take();
        private Process? _process;

        public int GrpcPort { get; } = FreePorts.Take();

        /// <summary>Lines of the log at error level and above, and what is no line of a log.</summary>
        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_errors)
                {
                    return [.. _errors];
                }
            }
        }

        /// <summary>What it holds of the machine's memory, in bytes.</summary>
        public long Memory
        {
            get
            {
                _process!.Refresh();
                return _process.WorkingSet64;
            }
        }

        public async Task StartAsync()
        {
            foreach (var (name, type) in new[] { ("statestore", "state.in-memory"), ("pubsub", "pubsub.in-memory") })
            {
                await File.WriteAllTextAsync(_folder[$"{name}.yaml"], $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata: []\n");
            }

            var start = new ProcessStartInfo(FindExecutable())
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList =
                {
                    "sidecar", "--app-id", "fuzz", "--dapr-http-port", Text(_httpPort), "--dapr-grpc-port", Text(GrpcPort), "--dapr-internal-grpc-port", Text(FreePorts.Take()),
                    "--metrics-port", Text(FreePorts.Take()), "--resources-path", _folder.Path, "--log-level", "error",
                },
                Environment = { ["TANDEM_HOME"] = _folder["home"] },
            };
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) => Note(line.Data);
            _process.ErrorDataReceived += (_, line) => Note(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            using var http = new HttpClient();
            for (var time = Stopwatch.StartNew(); !await IsReadyAsync(http);)
            {
                if (_process.HasExited || time.Elapsed > TimeSpan.FromSeconds(30))
                {
                    throw new InvalidOperationException($"The sidecar did not come up: {string.Join('\n', Errors)}");
                }

                await Task.Delay(20);
            }
        }

        public void Dispose()
        {
            if (_process is not null)
            {
                _process.Kill();
                _process.WaitForExit();
                _process.Dispose();
            }

            _folder.Dispose();
        }

        private async Task<bool> IsReadyAsync(HttpClient http)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/v1.0/healthz/outbound"));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        private void Note(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lock (_errors)
                {
                    _errors.Add(line);
                }
            }
        }

        private static string FindExecutable()
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Services.sln")))
                {
                    var executable = Path.Combine(folder.FullName, "artifacts", "bin", "tandem");
                    return File.Exists(executable) ? executable : throw new InvalidOperationException($"{executable} is not there: `make build` makes it.");
                }
            }

            throw new InvalidOperationException("The tests do not run in the repository.");
        }

        private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }
}
