using Tandem.Cli.Tests.Support;

namespace Tandem.Cli.Tests.Commands;

/// <summary>Command lines that cannot be carried out, and commands that need no run.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run", "tandem run needs a run file (-f FILE) or a command (-- COMMAND)")]
    [InlineData("run -f none.yaml", "none.yaml: the run file does not exist")]
    [InlineData("run -f dapr.yaml --app-id one", "--app-id: with a run file, apps are described there")]
    [InlineData("run -f dapr.yaml -- sh", "'sh': with a run file, commands are described there")]
    [InlineData("run -f dapr.yaml --resources-path none", "--resources-path: ")]
    [InlineData("run -f dapr.yaml --start-timeout -1", "--start-timeout: must be seconds from 0 to 86400")]
    [InlineData("run -f dapr.yaml -k", "--kubernetes: ")]
    [InlineData("run -a one -p many -- sh", "--app-port: must be a port from 1 to 65535, not 'many'")]
    [InlineData("run -a one -- no-such-command-here", "COMMAND: 'no-such-command-here' was not found in PATH")]
    [InlineData("run --no-such-flag", "'--no-such-flag' is not a flag of tandem run")]
    [InlineData("logs", "Required argument missing for command: 'logs'.")]
    [InlineData("stop", "nothing is running")]
    [InlineData("stop -f dapr.yaml", "no run of ")]
    [InlineData("logs one --tail -1", "--tail: must not be negative")]
    [InlineData("invoke -a one -m x -d 1 -f dapr.yaml", "--data and --data-file: give one of them")]
    [InlineData("publish -i one -p p -t t -m nonsense", "--metadata: must be a JSON object")]
    public async Task Tandem_BadInput_IsOneClearLineAndAnExitCode(string commandLine, string expected)
    {
        _folder.WriteApps(("one", ""));

        var (code, text) = await _folder.TandemAsync(commandLine.Split(' '));

        Assert.Equal(1, code);
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text.TrimEnd());
    }

    [Fact]
    public async Task Tandem_HomeCannotBeMade_IsOneClearLine()
    {
        _folder.WriteApps(("one", ""));
        await File.WriteAllTextAsync(_folder["home"], "a file");

        Assert.All(
            [await _folder.TandemAsync("list"), await _folder.TandemAsync("run", "-f", "dapr.yaml")],
            outcome =>
            {
                Assert.Equal(1, outcome.ExitCode);
                Assert.StartsWith($"TANDEM_HOME: {_folder["home/runs"]} cannot be made: ", outcome.Text, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', outcome.Text);
            });
    }

    [Fact]
    public async Task List_NothingRuns_SaysSo()
        => Assert.Equal((0, "No app is running."), await _folder.TandemAsync("list"));

    [Fact]
    public async Task Components_AreListedByBuildingBlock()
    {
        var (code, text) = await _folder.TandemAsync("components");

        Assert.Equal(0, code);
        Assert.StartsWith("BUILDING BLOCK", text, StringComparison.Ordinal);
        Assert.Contains("state.sqlite", text, StringComparison.Ordinal);
        Assert.Contains("pubsub.sqlite", text, StringComparison.Ordinal);
    }
}
