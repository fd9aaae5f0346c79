namespace Tandem.Cli.Run.Logging;

/// <summary>
/// A log file that only its owner can read. A new run keeps the last one's as <c>.1</c>, and so does a file that grew too large.
/// </summary>
internal sealed class LogFile(string path) : IDisposable
{
    private const long LargestSize = 64 * 1024 * 1024;
    private const string PreviousSuffix = ".1";

    private readonly Lock _writing = new();
    private FileStream _file = Create(path);
    private bool _failed;

    /// <summary>The full path.</summary>
    public string Path { get; } = path;

    /// <summary>Told once when the file cannot be written: a full disk must not stop an app.</summary>
    public Action<string>? WriteFailed { get; set; }

    public void Write(ReadOnlySpan<byte> lines)
    {
        lock (_writing)
        {
            if (_failed)
            {
                return;
            }

            try
            {
                if (_file.Position > LargestSize)
                {
                    _file.Dispose();
                    _file = Create(Path);
                }

                _file.Write(lines);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _failed = true;
                WriteFailed?.Invoke($"{Path} is not written any more: {e.Message}");
            }
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _failed = true;
            _file.Dispose();
        }
    }

    private static FileStream Create(string path)
    {
        if (File.Exists(path))
        {
            File.Move(path, path + PreviousSuffix, overwrite: true);
        }

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
