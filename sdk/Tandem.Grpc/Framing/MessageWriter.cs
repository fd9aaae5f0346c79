using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Tandem.Grpc.Framing;

/// <summary>Writes the messages of a call, each with its header. A message that says its length goes straight into the output.</summary>
internal sealed class MessageWriter<T>(Action<T, SerializationContext> serialize, int? limit) : SerializationContext
    where T : class
{
    private IBufferWriter<byte>? _output;
    private PooledBuffer? _buffer;
    private int _length = -1;
    private bool _isDirect;
    private bool _isComplete;
    private bool _compress;

    /// <summary>How messages are compressed; null for not at all.</summary>
    public ICompressionProvider? Compression { get; set; }

    /// <summary>How hard is compressed.</summary>
    public CompressionLevel? Level { get; init; }

    /// <summary>Writes a message; it is not flushed.</summary>
    /// <exception cref="RpcException">The message is larger than the limit, or cannot be written; nothing of it went out.</exception>
    public void Write(T message, IBufferWriter<byte> output, WriteFlags flags = default)
    {
        _output = output;
        _length = -1;
        _isDirect = _isComplete = false;
        _compress = Compression is not null && (flags & WriteFlags.NoCompress) == 0;
        try
        {
            serialize(message, this);
            if (!_isComplete)
            {
                throw new InvalidOperationException("The serializer did not complete the message.");
            }
        }
        finally
        {
            _output = null;
            _buffer?.Dispose();
            _buffer = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Check(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_length >= 0 && !_compress)
        {
            if (!_isDirect)
            {
                _isDirect = true;
                MessageHeader.Write(_output!, isCompressed: false, _length);
            }

            return _output!;
        }

        return _buffer ??= new PooledBuffer(Math.Max(_length, 256));
    }

    public override void Complete()
    {
        _isComplete = true;
        if (!_isDirect)
        {
            Finish(_buffer is null ? default : _buffer.Written.Span);
        }
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        _isComplete = true;
        Finish(payload);
    }

    private void Finish(ReadOnlySpan<byte> payload)
    {
        Check(payload.Length);
        // Nothing is not compressed: .NET makes no bytes of it, and other implementations want at least the format's header.
        if (!_compress || payload.IsEmpty)
        {
            MessageHeader.Write(_output!, isCompressed: false, payload.Length);
            _output!.Write(payload);
            return;
        }

        using var compressed = new PooledBuffer(Math.Max(payload.Length / 2, 256));
        using (var stream = Compression!.CreateCompressionStream(new BufferStream(compressed), Level))
        {
            stream.Write(payload);
        }

        MessageHeader.Write(_output!, isCompressed: true, compressed.Length);
        _output!.Write(compressed.Written.Span);
    }

    private void Check(int length)
    {
        if (length > (limit ?? int.MaxValue))
        {
            throw MessageHeader.TooLarge(length, limit!.Value);
        }
    }
}
