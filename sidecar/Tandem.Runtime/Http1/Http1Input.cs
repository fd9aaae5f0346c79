using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tandem.Runtime.Http1;

/// <summary>What comes in on a connection: bytes that were read and not used yet, and the socket behind them.</summary>
internal sealed class Http1Input(Socket socket) : IDisposable
{
    private const int SmallestBuffer = 4096;
    private const int LargestHead = 64 * 1024;
    private const int LongestLine = 8 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallestBuffer);
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    /// <summary>How many bytes can be read without waiting.</summary>
    public int Available => _end - _start + socket.Available;

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Forgets what was used; nothing may be left of the answer before.</summary>
    public void Clear() => _start = _end = 0;

    /// <summary>Reads a whole head; it stays readable until more is read.</summary>
    /// <returns>The head; empty when the connection was closed before the first byte.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = AnswerHead.FindEnd(Unread, Math.Max(0, searched - 3));
            if (length > 0)
            {
                var head = _buffer.AsMemory(_start, length);
                _start += length;
                return head;
            }

            searched = Unread.Length;
            if (searched >= LargestHead)
            {
                throw new Http1Exception($"the head of the answer is longer than {LargestHead / 1024} KB");
            }

            if (await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                return searched == 0 ? default : throw new Http1Exception("the connection was closed in the middle of the answer's head");
            }
        }
    }

    /// <summary>Reads bytes of a body: what is here, or else straight from the socket. 0 is the connection's end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            return socket.ReceiveAsync(target, SocketFlags.None, cancellationToken);
        }

        var count = Math.Min(target.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(target);
        _start += count;
        return ValueTask.FromResult(count);
    }

    /// <summary>Reads a line without its end, which stays readable until more is read: the frame of a chunk.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var lineBreak = Unread.IndexOf((byte)'\n');
            if (lineBreak >= 0)
            {
                var line = _buffer.AsMemory(_start, lineBreak);
                _start += lineBreak + 1;
                return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            }

            if (Unread.Length > LongestLine)
            {
                throw new Http1Exception("a line between the chunks of the answer is too long");
            }

            if (await FillAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw Truncated();
            }
        }
    }

    public static Http1Exception Truncated() => new("the connection was closed in the middle of the answer's body");

    /// <inheritdoc/>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        _end += count;
        return count;
    }

    private void MakeRoom()
    {
        var unread = Unread;
        var target = _start > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        unread.CopyTo(target);
        _end = unread.Length;
        _start = 0;
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }
    }
}
