using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tandem.Cli.Processes;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Support;

/// <summary>A folder with a run file, a small app of Node.js, and a TANDEM_HOME of its own.</summary>
internal sealed class RunFolder : IDisposable
{
    private const string AppScript =
        """
        import http from 'node:http';
        import { spawn } from 'node:child_process';
        const server = http.createServer((request, response) => {
          console.log(`${request.method} ${request.url}`);
          if (request.url === '/die') process.exit(7);
          if (request.url === '/dapr/subscribe' || request.url === '/dapr/config') { response.statusCode = 404; response.end(); return; }
          response.end(JSON.stringify({ app: process.env.APP_ID, pid: process.pid }));
        });
        if (process.env.CHILD) {
          // A grandchild that left the process group and listens to no signal.
          const child = spawn('setsid', ['sh', '-c', "trap '' TERM INT HUP; while :; do sleep 1; done"], { stdio: 'ignore', detached: true });
          console.log(`child ${child.pid}`);
        }
        if (process.env.STUBBORN) process.on('SIGTERM', () => console.log('I stay'));
        else process.on('SIGTERM', () => { console.log('I go'); process.exit(0); });
        server.listen(Number(process.env.APP_PORT), '127.0.0.1', () => console.log(`listening as ${process.env.APP_ID}`));
        """;

    private readonly TemporaryFolder _folder = new();

    public RunFolder()
    {
        Directory.CreateDirectory(_folder["app"]);
        File.WriteAllText(_folder["app/app.mjs"], AppScript);
    }

    public string Path => _folder.Path;

    public string Home => _folder["home"];

    public string this[string name] => _folder[name];

    /// <summary>Writes the run file: a Node.js app for each id, and what else the test wants of it.</summary>
    /// <returns>The apps' ports.</returns>
    public int[] WriteApps(params (string Id, string Settings)[] apps)
    {
        var ports = TestPorts.Take(apps.Length);
        var text = new StringBuilder("version: 1\napps:\n");
        foreach (var ((id, settings), port) in apps.Zip(ports))
        {
            text.Append($"- appID: {id}\n  appDirPath: app\n  appPort: {port}\n  command: [node, app.mjs]\n");
            text.Append(string.Concat(settings.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => $"  {line}\n")));
        }

        Write(text.ToString());
        return ports;
    }

    public void Write(string runFile) => File.WriteAllText(_folder["dapr.yaml"], runFile);

    public TandemProcess Run(params string[] arguments) => TandemProcess.Start(Path, Home, ["run", "-f", "dapr.yaml", .. arguments]);

    public Task<(int ExitCode, string Text)> TandemAsync(params string[] arguments) => TandemProcess.RunAsync(Path, Home, arguments);

    /// <summary>What `tandem list` says of an app.</summary>
    public async Task<JsonElement> ListedAsync(string appId)
    {
        var (code, text) = await TandemAsync("list", "--output", "json");
        Assert.Equal(0, code);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.EnumerateArray().Single(app => app.GetProperty("appId").GetString() == appId).Clone();
    }

    /// <summary>Waits until none of the processes lives; the watchdog works on when the host is gone.</summary>
    public static async Task AllGoneAsync(params int[] pids)
    {
        var since = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (pids.Where(static pid => ProcessIdentity.Find(pid) is not null).ToList() is { Count: > 0 } alive)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20), $"still alive: {string.Join(", ", alive)}");
            await timer.WaitForNextTickAsync();
        }
    }

    public void Dispose() => _folder.Dispose();
}
