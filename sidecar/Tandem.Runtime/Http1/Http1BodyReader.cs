using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tandem.Runtime.Http1;

/// <summary>Reads the body of an answer as its head framed it: none, a length, chunks, or everything until the connection ends.</summary>
internal sealed class Http1BodyReader(Http1Input input)
{
    private Framing _framing;
    private long _left;
    private bool _betweenChunks;

    private enum Framing
    {
        Ended,
        Length,
        Chunks,
        UntilClosed,
    }

    /// <summary>The body was read to its end.</summary>
    public bool IsEnded => _framing == Framing.Ended;

    /// <summary>What is left, where that is known.</summary>
    public long? Left => _framing switch { Framing.Ended => 0, Framing.Length => _left, _ => null };

    /// <summary>Whether more of the body can be read without waiting: the line break behind a chunk is not more of it.</summary>
    public bool HasMore => input.Available > (_framing == Framing.Chunks && _left == 0 && _betweenChunks ? 2 : 0);

    public void Begin(in AnswerHead head, bool hasBody)
    {
        (_framing, _left) = !hasBody ? (Framing.Ended, 0)
            : head.IsChunked ? (Framing.Chunks, 0)
            : head.Length is { } length ? (length == 0 ? Framing.Ended : Framing.Length, length)
            : (Framing.UntilClosed, 0);
        _betweenChunks = false;
    }

    /// <summary>Reads some bytes; 0 is the end.</summary>
    /// <exception cref="Http1Exception">The body ended early, or its chunks are malformed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (_framing == Framing.Chunks && _left == 0)
        {
            await BeginChunkAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_framing == Framing.Ended)
        {
            return 0;
        }

        if (_framing == Framing.UntilClosed)
        {
            var some = await input.ReadAsync(target, cancellationToken).ConfigureAwait(false);
            _framing = some == 0 ? Framing.Ended : _framing;
            return some;
        }

        var count = await input.ReadAsync(target.Length > _left ? target[..(int)_left] : target, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            throw Http1Input.Truncated();
        }

        _left -= count;
        if (_left == 0 && _framing == Framing.Length)
        {
            _framing = Framing.Ended;
        }

        return count;
    }

    private async ValueTask BeginChunkAsync(CancellationToken cancellationToken)
    {
        if (_betweenChunks && !(await input.ReadLineAsync(cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
            throw new Http1Exception("a chunk of the answer is longer than it says");
        }

        var line = await input.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        _left = ParseSize(line.Span);
        _betweenChunks = true;
        if (_left > 0)
        {
            return;
        }

        while (!(await input.ReadLineAsync(cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
            // Trailers belong to this connection and are not passed on.
        }

        _framing = Framing.Ended;
    }

    private static long ParseSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).TrimEnd(" \t"u8);
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0 && digits.Length <= 16
            ? size
            : throw new Http1Exception("a chunk of the answer does not begin with its size");
    }
}
