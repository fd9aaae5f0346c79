using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Run.Logging;

/// <summary>Takes an app's output line by line: to its file as it is, to the console behind the app's name, and the last lines to memory.</summary>
/// <param name="file">The file, where lines go to one.</param>
/// <param name="console">The console, where lines go to it.</param>
/// <param name="prefix">What stands before each line on the console.</param>
internal sealed class AppLog(LogFile? file, ConsoleOutput? console, byte[] prefix)
{
    private const int LongestLine = 64 * 1024;
    private const int LastLineCount = 20;

    private readonly Queue<string> _lastLines = new();

    /// <summary>The file's path.</summary>
    public string? FilePath => file?.Path;

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return [.. _lastLines];
            }
        }
    }

    /// <summary>Copies lines until the stream ends.</summary>
    public async Task CopyAsync(Stream stream)
    {
        var reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync();
                var rest = TakeLines(result.Buffer, result.IsCompleted);
                reader.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed: the app's time to say its last lines is over.
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private ReadOnlySequence<byte> TakeLines(ReadOnlySequence<byte> buffer, bool isLast)
    {
        var whole = new ArrayBufferWriter<byte>();
        var shown = new ArrayBufferWriter<byte>();
        while (!buffer.IsEmpty)
        {
            var line = buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            else if (isLast || buffer.Length >= LongestLine)
            {
                buffer = buffer.Slice(buffer.End);
            }
            else
            {
                break;
            }

            TakeLine(line, whole, shown);
        }

        if (whole.WrittenCount > 0)
        {
            file?.Write(whole.WrittenSpan);
            console?.Write(shown.WrittenSpan.ToArray());
        }

        return buffer;
    }

    private void TakeLine(ReadOnlySequence<byte> line, ArrayBufferWriter<byte> whole, ArrayBufferWriter<byte> shown)
    {
        var start = whole.WrittenCount;
        foreach (var segment in line)
        {
            whole.Write(segment.Span);
        }

        whole.Write("\n"u8);
        var written = whole.WrittenSpan[start..];
        if (console is not null)
        {
            shown.Write(prefix);
            shown.Write(written);
        }

        lock (_lastLines)
        {
            if (_lastLines.Count == LastLineCount)
            {
                _lastLines.Dequeue();
            }

            _lastLines.Enqueue(Encoding.UTF8.GetString(written).TrimEnd('\r', '\n'));
        }
    }
}
