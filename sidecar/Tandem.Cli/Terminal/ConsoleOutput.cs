using System.Text;
using System.Threading.Channels;

namespace Tandem.Cli.Terminal;

/// <summary>
/// The console of a run: many writers, whole lines, one order. Nobody waits for a slow terminal or a full pipe: what does not fit the
/// queue is left out and counted, since a log line that cannot be shown must not stop an app.
/// </summary>
internal sealed class ConsoleOutput : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(2);

    private readonly Channel<Block> _blocks;
    private readonly Task _writing;
    private readonly Stream _output;
    private readonly Stream _error;
    private long _leftOut;

    public ConsoleOutput(Stream output, Stream error, bool colored)
    {
        _output = output;
        _error = error;
        IsColored = colored;
        var options = new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite };
        _blocks = Channel.CreateBounded<Block>(options, _ => Interlocked.Increment(ref _leftOut));
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Whether escape sequences are understood and wanted.</summary>
    public bool IsColored { get; }

    public static ConsoleOutput Open()
    {
        var colored = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new ConsoleOutput(Console.OpenStandardOutput(), Console.OpenStandardError(), colored);
    }

    /// <summary>Says one line of Tandem's own.</summary>
    public void Say(string text, string color = "") => Write(Line(text, color));

    /// <summary>Says what went wrong, on the error output.</summary>
    public void Fail(string text) => _blocks.Writer.TryWrite(new Block(Line(text, Colors.Red), IsError: true));

    /// <summary>Writes lines that are whole already.</summary>
    public void Write(byte[] lines) => _blocks.Writer.TryWrite(new Block(lines, IsError: false));

    public async ValueTask DisposeAsync()
    {
        _blocks.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(FlushTime));
    }

    private byte[] Line(string text, string color)
        => Encoding.UTF8.GetBytes(IsColored && color.Length > 0 ? $"{color}{text}{Colors.Reset}\n" : $"{text}\n");

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var block in _blocks.Reader.ReadAllAsync())
            {
                var stream = block.IsError ? _error : _output;
                stream.Write(block.Lines);
                if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
                {
                    stream.Write(Line($"({count} blocks of log lines are only in the log files: this console was too slow)", Colors.Yellow));
                }
            }
        }
        catch (IOException)
        {
            // Nobody reads any more (`tandem run | head`): the log files go on, the queue fills and drops.
        }
    }

    private readonly record struct Block(byte[] Lines, bool IsError);
}
