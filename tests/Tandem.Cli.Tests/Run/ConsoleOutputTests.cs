using System.Text;
using Tandem.Cli.Terminal;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class ConsoleOutputTests
{
    [Fact]
    public async Task Say_NotATerminal_IsPlain() => Assert.Equal("hello\n", await ShowAsync(colored: false));

    [Fact]
    public async Task Say_Terminal_IsColored() => Assert.Equal("\e[32mhello\e[0m\n", await ShowAsync(colored: true));

    [Fact]
    public async Task Write_NobodyReads_KeepsNobodyWaiting()
    {
        using var blocked = new BlockedStream();
        var console = new ConsoleOutput(blocked, Stream.Null, colored: false);

        // Far more than the queue holds; each must return at once.
        await Task.Run(() =>
        {
            for (var line = 0; line < 20_000; line++)
            {
                console.Write("line\n"u8.ToArray());
            }
        }).WithinAsync();
        blocked.Release();
        await console.DisposeAsync().WithinAsync();

        Assert.Contains("log lines are only in the log files", blocked.Text, StringComparison.Ordinal);
        Assert.True(blocked.Text.Split('\n').Length < 20_000);
    }

    private static async Task<string> ShowAsync(bool colored)
    {
        using var shown = new MemoryStream();
        await using (var console = new ConsoleOutput(shown, Stream.Null, colored))
        {
            console.Say("hello", Colors.Green);
        }

        return Encoding.UTF8.GetString(shown.ToArray());
    }

    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _released = new();

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void Release() => _released.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _released.Wait();
            base.Write(buffer);
        }
    }
}
