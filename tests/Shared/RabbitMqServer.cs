using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing;

/// <summary>
/// A real RabbitMQ for tests: on free ports of this machine, with a name, a name service (epmd), a home and data of its own, gone with
/// the tests. It can be killed and started again where it was.
/// </summary>
public sealed class RabbitMqServer : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly int _namesPort = FreePorts.Take();
    private readonly int _clusterPort = FreePorts.Take();
    private readonly string[] _plugins;
    private readonly string[] _settings;
    private Process? _names;
    private Process? _server;

    /// <summary>A server with the usual settings.</summary>
    public RabbitMqServer()
        : this([], [])
    {
    }

    private RabbitMqServer(string[] plugins, string[] settings)
    {
        _plugins = plugins;
        _settings = settings;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The server's port.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>The server's address as components take it.</summary>
    public string Url => $"amqp://guest:guest@127.0.0.1:{Port}";

    /// <summary>A server with some plugins, and some lines of <c>rabbitmq.conf</c> of its own.</summary>
    public static RabbitMqServer With(string[] plugins, params string[] settings) => new(plugins, settings);

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync();

    /// <summary>Starts the server, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        await File.WriteAllLinesAsync(_folder["rabbitmq.conf"], ["log.file.level = info", "disk_free_limit.absolute = 1MB", .. _settings]);
        await File.WriteAllTextAsync(_folder["enabled_plugins"], $"[{string.Join(',', _plugins)}].\n");
        await StartNamesAsync();
        _server = Start(Program("rabbitmq-server"), []);
        await UntilAsync("rabbitmq-server", _server, AnswersAsync);
    }

    /// <summary>Ends the server as a crash would: at once, and with nothing tidied up.</summary>
    public void Kill()
    {
        End(ref _server);
    }

    /// <summary>Carries out a command of <c>rabbitmqctl</c>; what it prints, line by line.</summary>
    public async Task<string[]> ControlAsync(params string[] command)
    {
        using var process = Start(Program("rabbitmqctl"), ["--quiet", .. command]);
        var output = await process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', command)}: {output}{error}");
    }

    /// <inheritdoc/>
    Task IAsyncLifetime.DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        End(ref _names);
        _folder.Dispose();
    }

    /// <summary>
    /// The program itself: what Debian puts on the path changes to the user <c>rabbitmq</c> first, who may not see a temporary folder.
    /// </summary>
    private static string Program(string name)
    {
        var candidates = Directory.Exists("/usr/lib/rabbitmq/lib")
            ? Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "sbin", name))
            : [];
        return candidates.LastOrDefault(File.Exists) ?? name;
    }

    private static void End(ref Process? process)
    {
        if (process is { } running)
        {
            running.Kill(entireProcessTree: true);
            running.WaitForExit();
            running.Dispose();
            process = null;
        }
    }

    /// <summary>The node would start a name service of its own, which would stay when the node is gone.</summary>
    private async Task StartNamesAsync()
    {
        if (_names is { HasExited: false })
        {
            return;
        }

        _names = Start("epmd", ["-port", _namesPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1"]);
        await UntilAsync("epmd", _names, () => ListensAsync(_namesPort));
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder.Path,
            Environment =
            {
                ["HOME"] = _folder.Path,
                ["ERL_EPMD_PORT"] = _namesPort.ToString(CultureInfo.InvariantCulture),
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_NODENAME"] = $"tandem{Port}@localhost",
                ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
                ["RABBITMQ_DIST_PORT"] = _clusterPort.ToString(CultureInfo.InvariantCulture),
                ["RABBITMQ_MNESIA_BASE"] = _folder["data"],
                ["RABBITMQ_LOG_BASE"] = _folder["log"],
                ["RABBITMQ_CONFIG_FILE"] = _folder["rabbitmq.conf"],
                ["RABBITMQ_CONF_ENV_FILE"] = _folder["none"],
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder["enabled_plugins"],
                // Two cores are enough for everyone only when nobody spins.
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}",
            },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"{program} cannot be started: install Debian's package rabbitmq-server (`make test` does)", exception);
        }
    }

    private async Task UntilAsync(string name, Process process, Func<Task<bool>> isUp)
    {
        // Nobody may wait for a pipe that is full.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var since = Stopwatch.StartNew(); !await isUp(); await Task.Delay(20))
        {
            if (process.HasExited || since.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{name} did not come up: {LogTail()}");
            }
        }
    }

    private string LogTail() => LogText() is { Length: > 0 } text ? text[^Math.Min(text.Length, 4000)..] : "it wrote no log";

    private string LogText()
        => Directory.Exists(_folder["log"]) ? string.Concat(Directory.GetFiles(_folder["log"], "tandem*.log").Select(ReadShared)) : "";

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    /// <summary>A server that is up answers the protocol's header with its first frame.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            var stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            var answer = new byte[1];
            return await stream.ReadAsync(answer) == 1 && answer[0] == 1;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
