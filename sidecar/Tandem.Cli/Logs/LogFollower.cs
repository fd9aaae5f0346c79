using System.Text;

namespace Tandem.Cli.Logs;

/// <summary>Prints a log file: its last lines, then what is added, also when a restart or its size makes it start anew.</summary>
internal sealed class LogFollower(string path, TextWriter output)
{
    private const int ChunkSize = 64 * 1024;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _position;

    /// <summary>Prints the last lines; all of them when no number is given.</summary>
    public void WriteTail(int? lineCount)
    {
        using var file = Open();
        if (file is null)
        {
            return;
        }

        _position = lineCount is { } count ? FindTail(file, count) : 0;
        WriteFrom(file);
    }

    /// <summary>Prints what is added until the writer is gone or somebody cancels.</summary>
    public async Task FollowAsync(Func<bool> isWriterAlive, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PollInterval);
        bool alive;
        do
        {
            // Asked before the reading: what was written last is still read.
            alive = isWriterAlive();
            using var file = Open();
            if (file is null)
            {
                continue;
            }

            if (file.Length < _position)
            {
                _position = 0;
            }

            WriteFrom(file);
        }
        while (alive && await timer.WaitForNextTickAsync(cancellationToken));
    }

    private FileStream? Open()
        => File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;

    private void WriteFrom(FileStream file)
    {
        file.Position = _position;
        var bytes = new byte[ChunkSize];
        var characters = new char[Encoding.UTF8.GetMaxCharCount(ChunkSize)];
        int read;
        while ((read = file.Read(bytes)) > 0)
        {
            output.Write(characters, 0, _decoder.GetChars(bytes, 0, read, characters, 0));
            _position += read;
        }

        output.Flush();
    }

    // Reads backwards, so that the end of a long file is found at once.
    private static long FindTail(FileStream file, int count)
    {
        var bytes = new byte[ChunkSize];
        var end = file.Length;
        var found = 0;
        while (end > 0)
        {
            var start = Math.Max(0, end - ChunkSize);
            file.Position = start;
            var length = file.ReadAtLeast(bytes.AsSpan(0, (int)(end - start)), (int)(end - start), throwOnEndOfStream: false);
            for (var index = length - 1; index >= 0; index--)
            {
                var isLastByte = start + index == file.Length - 1;
                if (bytes[index] == (byte)'\n' && !isLastByte && ++found == count)
                {
                    return start + index + 1;
                }
            }

            end = start;
        }

        return count == 0 ? file.Length : 0;
    }
}
