using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tandem.Runtime.Http1;

/// <summary>The bytes of a request before its body, in a buffer that a connection keeps. A small body is put behind them, so that one packet carries both.</summary>
public sealed class Http1Head
{
    private static readonly SearchValues<char> NotInValues = SearchValues.Create("\r\n\0");

    private byte[] _buffer = new byte[1024];
    private int _length;

    internal ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Writes one header.</summary>
    /// <exception cref="Http1Exception">The value has a line break or NUL in it.</exception>
    public void WriteHeader(string name, string value)
    {
        if (value.AsSpan().ContainsAny(NotInValues))
        {
            throw new Http1Exception($"the value of header '{name}' has a line break or NUL in it");
        }

        var room = Reserve(Encoding.UTF8.GetMaxByteCount(name.Length + value.Length) + 4);
        var at = Encoding.ASCII.GetBytes(name, room);
        ": "u8.CopyTo(room[at..]);
        at += 2;
        at += Encoding.UTF8.GetBytes(value, room[at..]);
        "\r\n"u8.CopyTo(room[at..]);
        _length += at + 2;
    }

    /// <summary>Writes headers that were made ready before: whole lines, each with its line break.</summary>
    public void Write(ReadOnlySpan<byte> lines)
    {
        lines.CopyTo(Reserve(lines.Length));
        _length += lines.Length;
    }

    internal void Begin(string method, string prefix, string pathAndQuery)
    {
        _length = 0;
        WriteWord(method);
        Write(" "u8);
        WriteWord(prefix);
        WriteWord(pathAndQuery);
        Write(" HTTP/1.1\r\n"u8);
    }

    internal void WriteLength(long length)
    {
        Write("Content-Length: "u8);
        length.TryFormat(Reserve(20), out var written, provider: CultureInfo.InvariantCulture);
        _length += written;
        Write("\r\n"u8);
    }

    /// <summary>One chunk of a chunked body; an empty one ends it.</summary>
    internal void WriteChunk(ReadOnlySpan<byte> data)
    {
        data.Length.TryFormat(Reserve(8), out var written, "x", CultureInfo.InvariantCulture);
        _length += written;
        Write("\r\n"u8);
        Write(data);
        Write("\r\n"u8);
    }

    internal void Clear() => _length = 0;

    /// <summary>A part of the first line: no space and no control character may make two of it.</summary>
    private void WriteWord(string word)
    {
        if (word.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            throw new Http1Exception("the method or the path has a space or a control character in it");
        }

        _length += Encoding.UTF8.GetBytes(word, Reserve(Encoding.UTF8.GetMaxByteCount(word.Length)));
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        return _buffer.AsSpan(_length);
    }
}
