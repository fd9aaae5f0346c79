using System.Text;
using Tandem.Cli.Run.Logging;
using Tandem.Cli.Terminal;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class AppLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one\ntwo\n", "one | one\none | two\n")]
    [InlineData("one\n\ntwo", "one | one\none | \none | two\n")]
    [InlineData("", "")]
    public async Task CopyAsync_Lines_ArePrefixedOnTheConsoleAndAsTheyAreInTheFile(string output, string expected)
    {
        var (console, file) = await CopyAsync(Encoding.UTF8.GetBytes(output));

        Assert.Equal(expected, console);
        Assert.Equal(expected.Replace("one | ", "", StringComparison.Ordinal), file);
    }

    [Fact]
    public async Task CopyAsync_LineInPieces_IsOneLine()
    {
        var text = "a long line with ümläuts\nand another\n"u8.ToArray();

        var (console, _) = await CopyAsync(text, chunk: 1);

        Assert.Equal("one | a long line with ümläuts\none | and another\n", console);
    }

    [Fact]
    public async Task CopyAsync_EndlessLine_IsCutAndNotKept()
    {
        var (_, file) = await CopyAsync(Encoding.UTF8.GetBytes(new string('x', 200_000)));

        Assert.Equal(200_000, file.Count(static character => character == 'x'));
        Assert.True(file.Count(static character => character == '\n') >= 3);
    }

    [Fact]
    public async Task LastLines_ManyLines_AreTheLastTwenty()
    {
        var log = new AppLog(null, null, []);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 30).Select(static number => $"{number}\r\n"))));

        await log.CopyAsync(stream).WithinAsync();

        Assert.Equal(Enumerable.Range(11, 20).Select(static number => $"{number}"), log.LastLines);
    }

    [Fact]
    public void LogFile_NewRun_KeepsTheLastOnes()
    {
        Write("first");
        Write("second");

        Assert.Equal("second", File.ReadAllText(_folder["app.log"]));
        Assert.Equal("first", File.ReadAllText(_folder["app.log.1"]));

        void Write(string text)
        {
            using var file = new LogFile(_folder["app.log"]);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    private async Task<(string Console, string File)> CopyAsync(byte[] output, int chunk = int.MaxValue)
    {
        using var shown = new MemoryStream();
        using (var file = new LogFile(_folder["app.log"]))
        await using (var console = new ConsoleOutput(shown, Stream.Null, colored: false))
        {
            using var stream = new ChunkedStream(output, chunk);
            await new AppLog(file, console, "one | "u8.ToArray()).CopyAsync(stream).WithinAsync();
        }

        return (Encoding.UTF8.GetString(shown.ToArray()), await File.ReadAllTextAsync(_folder["app.log"]));
    }

    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
