using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tandem.Components.Redis.Client;

/// <summary>Commands on their way to the server, in its protocol (RESP): a list of length-prefixed arguments each.</summary>
internal sealed class RespBuffer
{
    private const int Initial = 16 * 1024;
    private const int Kept = 1024 * 1024;

    private byte[] _bytes = new byte[Initial];
    private int _length;

    public bool IsEmpty => _length == 0;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Begins a command with so many arguments, its name among them.</summary>
    public void Begin(int arguments) => WriteLength('*', arguments);

    public void Add(ReadOnlySpan<byte> argument)
    {
        WriteLength('$', argument.Length);
        argument.CopyTo(Reserve(argument.Length + 2));
        _length += argument.Length;
        EndLine();
    }

    public void Add(string argument)
    {
        var length = Encoding.UTF8.GetByteCount(argument);
        WriteLength('$', length);
        _length += Encoding.UTF8.GetBytes(argument, Reserve(length + 2));
        EndLine();
    }

    public void Add(long argument)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(argument, digits, out var length);
        Add(digits[..length]);
    }

    /// <summary>Forgets what was written; a buffer that one large value blew up is given back.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > Kept)
        {
            _bytes = new byte[Initial];
        }
    }

    /// <summary>Takes back what was written after a point, because the command could not be completed.</summary>
    public void Truncate(int length) => _length = length;

    private void WriteLength(char prefix, int number)
    {
        var span = Reserve(16);
        span[0] = (byte)prefix;
        number.TryFormat(span[1..], out var digits, provider: CultureInfo.InvariantCulture);
        _length += 1 + digits;
        EndLine();
    }

    private void EndLine()
    {
        _bytes[_length++] = (byte)'\r';
        _bytes[_length++] = (byte)'\n';
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_length + count), (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        }

        return _bytes.AsSpan(_length);
    }
}
