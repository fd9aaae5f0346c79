using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing;

/// <summary>
/// A real Redis for tests: on a free port of this machine, with data of its own that is on disk when a write is answered, gone with the
/// tests. It can be killed and started again where it was.
/// </summary>
public sealed class RedisServer : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _arguments;
    private Process? _process;

    /// <summary>A server with the usual settings.</summary>
    public RedisServer()
        : this([])
    {
    }

    private RedisServer(string[] arguments)
    {
        _arguments = arguments;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The server's port.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>The server's address as components take it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>A server with some settings of its own, such as <c>--requirepass</c>.</summary>
    public static RedisServer With(params string[] arguments) => new(arguments);

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync();

    /// <summary>Starts the server, and waits until it takes commands.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            ArgumentList =
            {
                "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.Path,
                "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--logfile", _folder["redis.log"],
            },
        };
        foreach (var argument in _arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("redis-server cannot be started: install Debian's package redis-server (`make test` does)", exception);
        }

        for (var since = Stopwatch.StartNew(); !await AnswersAsync();)
        {
            if (_process.HasExited || since.Elapsed > Patience)
            {
                throw new InvalidOperationException($"redis-server did not come up: {await File.ReadAllTextAsync(_folder["redis.log"])}");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Ends the server as a crash would: at once, and with nothing tidied up.</summary>
    public void Kill()
    {
        if (_process is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Carries out a command by the server's own client; what it prints, line by line.</summary>
    public async Task<string[]> ExecuteAsync(params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, ArgumentList = { "-p", Port.ToString(CultureInfo.InvariantCulture) } };
        foreach (var word in command)
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.TrimEnd('\n').Split('\n');
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
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[64];
            var length = await stream.ReadAsync(answer);
            // A server that wants a login answers that; one that still loads its data says so.
            return answer.AsSpan(0, length).StartsWith("+PONG"u8) || answer.AsSpan(0, length).StartsWith("-NOAUTH"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
