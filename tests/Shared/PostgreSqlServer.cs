using System.Diagnostics;
using System.Globalization;

namespace Tandem.Testing;

/// <summary>
/// A real PostgreSQL for tests: on a free port of this machine, with data of its own, gone with the tests. It can be killed and started
/// again where it was: what it answered is in the system's memory then, so nothing has to reach the disk.
/// </summary>
public sealed class PostgreSqlServer : IAsyncLifetime, IDisposable
{
    /// <summary>Who logs in.</summary>
    public const string User = "tandem";

    /// <summary>The password.</summary>
    public const string Password = "not-so-secret";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgreSqlServer>> Shared = new(StartNewAsync);

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _settings;
    private Process? _process;
    private int _databases;

    /// <summary>A server with the usual settings.</summary>
    public PostgreSqlServer()
        : this([])
    {
    }

    private PostgreSqlServer(string[] settings)
    {
        _settings = settings;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The server's port.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>One server for all tests of the process that do nothing to it; each makes a database or a table of its own.</summary>
    public static Task<PostgreSqlServer> SharedAsync() => Shared.Value;

    /// <summary>A server with some settings of its own, such as <c>ssl=on</c>.</summary>
    public static PostgreSqlServer With(params string[] settings) => new(settings);

    /// <summary>The connection string as Dapr's components take it.</summary>
    public string Words(string database = "postgres") => $"host=127.0.0.1 port={Port} user={User} password={Password} dbname={database}";

    /// <summary>The connection string as a URL.</summary>
    public string Url(string database = "postgres") => $"postgresql://{User}:{Password}@127.0.0.1:{Port}/{database}";

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync();

    /// <summary>Starts the server, and waits until it takes commands.</summary>
    public async Task StartAsync()
    {
        var data = _folder["data"];
        if (!Directory.Exists(data))
        {
            await MakeDataAsync(data);
        }

        var log = _folder["log"];
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={Port}", "unix_socket_directories=", "fsync=off", "full_page_writes=off", "max_connections=300",
            "shared_buffers=32MB", "wal_level=minimal", "max_wal_senders=0", "deadlock_timeout=100ms", "logging_collector=off", "log_timezone=UTC", .. _settings,
        ];
        for (var since = Stopwatch.StartNew(); ;)
        {
            _process = Start("sh", ["-c", $"exec \"$@\" > '{log}' 2>&1", "sh", .. AsUser(Program("postgres")), "-D", data, .. settings.SelectMany(static setting => (string[])["-c", setting])]);
            while (!_process.HasExited && since.Elapsed < Patience)
            {
                if ((await RunAsync(Program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", Text(Port))).ExitCode == 0)
                {
                    return;
                }

                await Task.Delay(20);
            }

            // What a killed server left behind may take a moment to be gone: then the next one does not start at once.
            if (since.Elapsed >= Patience)
            {
                throw new InvalidOperationException($"PostgreSQL did not come up: {await File.ReadAllTextAsync(log)}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Ends the server as a crash would: at once, with nothing tidied up.</summary>
    public void Kill()
    {
        if (_process is { } process)
        {
            var children = Children(process.Id);
            process.Kill();
            process.WaitForExit();
            children.ForEach(static child => child.Kill());
            children.ForEach(static child => child.WaitForExit());
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Makes a database of the caller's own.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Carries out statements by the server's own client; what it prints: a line for each row, columns apart by a bar.</summary>
    public Task<string[]> ExecuteAsync(string sql, string database = "postgres") => ClientAsync("psql", database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql);

    /// <summary>Runs one of PostgreSQL's own programs, such as <c>pg_dump</c>, on a database.</summary>
    public async Task<string[]> ClientAsync(string program, string database, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(Program(program), [.. arguments, "-h", "127.0.0.1", "-p", Text(Port), "-U", User, database]);
        return exitCode == 0 ? output.TrimEnd('\n').Split('\n') : throw new InvalidOperationException($"{program} failed: {output}");
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

    private static async Task<PostgreSqlServer> StartNewAsync()
    {
        var server = new PostgreSqlServer();
        await server.StartAsync();
        return server;
    }

    /// <summary>The newest version that Debian's packages put there; elsewhere, what is on the path.</summary>
    private static string Program(string name)
        => Directory.Exists("/usr/lib/postgresql")
            && Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin", name)).Where(File.Exists).OrderDescending(StringComparer.Ordinal).FirstOrDefault() is { } found
                ? found
                : name;

    /// <summary>The server refuses to run as root; then it runs as the user that its package made.</summary>
    private static string[] AsUser(string program)
        => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program] : [program];

    private static Process Start(string program, IEnumerable<string> arguments, bool redirect = false)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = redirect, RedirectStandardError = redirect };
        start.Environment["PGPASSWORD"] = Password;
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{program} cannot be started: install Debian's package postgresql (`make test` does)", exception);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments, redirect: true);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    private static List<Process> Children(int parent)
    {
        var file = $"/proc/{parent}/task/{parent}/children";
        var children = new List<Process>();
        foreach (var id in File.Exists(file) ? File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            try
            {
                children.Add(Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)));
            }
            catch (ArgumentException)
            {
                // It ended by itself.
            }
        }

        return children;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task MakeDataAsync(string data)
    {
        var password = _folder["password"];
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "-R", "postgres:postgres", _folder.Path);
        }

        var (exitCode, output) = await RunAsync(
            "env",
            [.. AsUser(Program("initdb")), "-D", data, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8"]);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed: {output}");
        }
    }
}
