using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Tandem.Sidecar;

namespace Tandem.Cli.Sidecar;

/// <summary><c>tandem sidecar</c>: one app's sidecar with daprd's flags, in daprd's place.</summary>
internal static partial class SidecarCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "sidecar";

    public static Command Create()
    {
        var flags = new SidecarFlags();
        var command = new Command(Name, "Runs one app's sidecar, with daprd's flags");
        foreach (var flag in flags.All)
        {
            command.Options.Add(flag);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(flags, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SidecarFlags flags, ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(flags.ShowVersion))
        {
            await output.WriteLineAsync(Version).ConfigureAwait(false);
            return 0;
        }

        if (parsed.GetValue(flags.BuildInfo))
        {
            await output.WriteLineAsync($"Version: {Version}\nRuntime: {RuntimeInformation.FrameworkDescription}\nPlatform: {RuntimeInformation.RuntimeIdentifier}").ConfigureAwait(false);
            return 0;
        }

        var reader = new SidecarOptionsReader(flags, parsed);
        var options = reader.Read();
        if (parsed.GetValue(flags.Wait))
        {
            return await OutboundWait.RunAsync(options.HttpPort, output, cancellationToken).ConfigureAwait(false);
        }

        using var provider = new DaprdLoggerProvider(OpenLog(parsed.GetValue(flags.LogFile), reader.Faults), options.AppId, parsed.GetValue(flags.LogAsJson), TimeProvider.System);
        var level = reader.ReadLogLevel();
        // A filter of a category replaces the minimum, so it must not let through what --log-level keeps quiet.
        var levelOfServer = level > LogLevel.Warning ? level : LogLevel.Warning;
        using var loggerFactory = LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(level).AddFilter("Microsoft", levelOfServer));
        var logger = loggerFactory.CreateLogger("dapr.runtime");
        if (reader.Faults.Count > 0)
        {
            reader.Faults.ForEach(fault => Log.Fatal(logger, fault));
            return 1;
        }

        foreach (var flag in flags.GivenWithoutEffect(parsed))
        {
            Log.WithoutEffect(logger, flag);
        }

        if (parsed.GetValue(flags.EnableProfiling))
        {
            Log.NoProfilingPort(logger, Environment.ProcessId);
        }

        using var signals = new SidecarSignals(cancellationToken);
        return await new SidecarProcess(options, loggerFactory, TimeProvider.System).RunAsync(signals).ConfigureAwait(false);
    }

    private static string Version => typeof(SidecarHost).Assembly.GetName().Version?.ToString(3) ?? "";

    private static Stream OpenLog(string? path, List<string> faults)
    {
        try
        {
            return string.IsNullOrEmpty(path) ? Console.OpenStandardOutput() : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            faults.Add($"--log-file '{path}' cannot be written: {exception.Message}");
            return Console.OpenStandardOutput();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Critical, "Fatal error from runtime: {Fault}")]
        public static partial void Fatal(ILogger logger, string fault);

        [LoggerMessage(3002, LogLevel.Debug, "the flag {Flag} has no effect on one machine")]
        public static partial void WithoutEffect(ILogger logger, string flag);

        [LoggerMessage(3008, LogLevel.Warning, "--enable-profiling opens no port here: dotnet-trace, dotnet-counters and dotnet-gcdump profile the process {ProcessId} as it is")]
        public static partial void NoProfilingPort(ILogger logger, int processId);
    }
}
