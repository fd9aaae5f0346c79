using System.Buffers.Text;
using System.Text;

namespace Tandem.Components.Redis.Client;

/// <summary>Reads the server's replies one after the other. Not for several readers at once.</summary>
internal sealed class RespReader(Stream stream)
{
    private const int BufferSize = 32 * 1024;
    private const int MaxLine = 64 * 1024;

    private byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;

    /// <summary>The next reply.</summary>
    /// <exception cref="IOException">The connection ended, or what came is not the protocol.</exception>
    public async ValueTask<RedisReply> ReadAsync(CancellationToken cancellationToken)
    {
        int line;
        while ((line = FindLine()) < 0)
        {
            await FillAsync(cancellationToken);
        }

        var kind = (char)_buffer[_start];
        switch (kind)
        {
            case '+':
                return RedisReply.FromText(TakeText(line));
            case '-':
                return RedisReply.FromError(TakeText(line));
            case ':':
                return RedisReply.FromInteger(TakeNumber(line));
            case '$':
                var length = TakeNumber(line);
                return length < 0 ? RedisReply.Nil : RedisReply.FromBytes(await ReadBytesAsync(checked((int)length), cancellationToken));
            case '*':
                var count = TakeNumber(line);
                if (count < 0)
                {
                    return RedisReply.Nil;
                }

                var items = new RedisReply[count];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = await ReadAsync(cancellationToken);
                }

                return RedisReply.FromItems(items);
            default:
                throw new IOException("the server does not speak Redis' protocol (is the address right, and is TLS set as the server wants it?)");
        }
    }

    private async ValueTask<byte[]> ReadBytesAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var buffered = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(bytes);
        _start += buffered;
        if (buffered < length)
        {
            await stream.ReadExactlyAsync(bytes.AsMemory(buffered), cancellationToken);
        }

        while (_end - _start < 2)
        {
            await FillAsync(cancellationToken);
        }

        _start += 2;
        return bytes;
    }

    /// <summary>Where the current line ends, before its line break; -1 when it is not there whole.</summary>
    private int FindLine()
    {
        var at = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
        return at switch
        {
            > 0 => _start + at,
            0 => throw new IOException("the server sent an empty line"),
            _ => _end - _start > MaxLine ? throw new IOException("the server sent a line that does not end") : -1,
        };
    }

    private string TakeText(int line)
    {
        var text = Encoding.UTF8.GetString(_buffer.AsSpan(_start + 1, line - _start - 1));
        _start = line + 2;
        return text;
    }

    private long TakeNumber(int line)
    {
        var digits = _buffer.AsSpan(_start + 1, line - _start - 1);
        if (!Utf8Parser.TryParse(digits, out long number, out var used) || used != digits.Length)
        {
            throw new IOException("the server sent a length that is no number");
        }

        _start = line + 2;
        return number;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            var left = _end - _start;
            if (_start == 0)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            _buffer.AsSpan(_start, left).CopyTo(_buffer);
            (_start, _end) = (0, left);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read > 0 ? read : throw new IOException("the server closed the connection");
    }
}
