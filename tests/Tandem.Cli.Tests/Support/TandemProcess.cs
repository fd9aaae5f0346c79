using System.Collections.Concurrent;
using System.Diagnostics;
using Tandem.Cli.Processes;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Support;

/// <summary>The built command as a process of its own, with its lines.</summary>
internal sealed class TandemProcess : IAsyncDisposable
{
    private readonly Process _process = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _waiting = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Source)> _waiters = [];
    private int _openStreams = 2;

    private TandemProcess(string directory, string home, string executable, IEnumerable<string> arguments)
    {
        _process.StartInfo = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TANDEM_HOME"] = home },
        };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
    }

    /// <summary>The command's executable, as it was built beside the tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "tandem");

    public int Pid => _process.Id;

    public IReadOnlyList<string> Lines => [.. _lines];

    public string Text => string.Join('\n', _lines);

    public static TandemProcess Start(string directory, string home, params string[] arguments)
        => StartAs(Executable, directory, home, arguments);

    public static TandemProcess StartAs(string executable, string directory, string home, params string[] arguments)
    {
        var process = new TandemProcess(directory, home, executable, arguments);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Text)> RunAsync(string directory, string home, params string[] arguments)
    {
        await using var process = Start(directory, home, arguments);
        return (await process.ExitAsync(), process.Text);
    }

    /// <summary>Waits for a line with one of the texts, past or to come.</summary>
    public Task<string> LineAsync(params string[] texts)
        => LineAsync(line => texts.Any(text => line.Contains(text, StringComparison.Ordinal)), string.Join(" or ", texts));

    public void Signal(int signal) => Assert.Equal(0, LibC.Kill(Pid, signal));

    /// <summary>Waits for the end, and for all lines.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WithinAsync($"tandem ends; it said:\n{Text}");
        await _outputEnded.Task.WithinAsync("tandem's output ends");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its watchdog ends what it started.
            _process.Kill();
            await _process.WaitForExitAsync().WithinAsync();
        }

        _process.Dispose();
    }

    private async Task<string> LineAsync(Func<string, bool> matches, string what)
    {
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
            {
                return line;
            }

            _waiters.Add((matches, source));
        }

        try
        {
            return await source.Task.WithinAsync($"a line with '{what}'");
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            throw new TimeoutException($"There was no line with '{what}', only:\n{Text}", e);
        }
    }

    private void Take(string? line)
    {
        lock (_waiting)
        {
            if (line is not null)
            {
                _lines.Enqueue(line);
                foreach (var (_, source) in _waiters.Where(waiter => waiter.Matches(line)))
                {
                    source.TrySetResult(line);
                }
            }
            else if (--_openStreams == 0)
            {
                _waiters.ForEach(static waiter => waiter.Source.TrySetCanceled());
                _outputEnded.TrySetResult();
            }
        }
    }
}
