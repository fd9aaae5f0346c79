using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Tandem.Grpc.Framing;

/// <summary>Reads the messages of a call. A message is read where it lies in the pipe; its length is checked before it is waited for.</summary>
/// <param name="input">The body.</param>
/// <param name="deserialize">Reads a message.</param>
/// <param name="limit">The largest message in bytes, also after decompression; null for any.</param>
/// <param name="encoding">What <c>grpc-encoding</c> says.</param>
/// <param name="compression">How compressed messages are read; null when the encoding is none, or is not known.</param>
internal sealed class MessageReader<T>(
    PipeReader input, Func<DeserializationContext, T> deserialize, int? limit, string? encoding, ICompressionProvider? compression) : DeserializationContext
    where T : class
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>
    /// The status of a message that is compressed by what is not known here. A server that is sent one does not implement it; a server that
    /// sends one was told what is known (https://github.com/grpc/grpc/blob/master/doc/compression.md).
    /// </summary>
    public StatusCode UnknownCompression { get; init; } = StatusCode.Unimplemented;

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="RpcException">What came is no message, or too large.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.Length >= MessageHeader.Size)
            {
                var (isCompressed, length) = MessageHeader.Read(buffer, limit);
                if (buffer.Length - MessageHeader.Size >= length)
                {
                    var payload = buffer.Slice(MessageHeader.Size, length);
                    var message = Deserialize(payload, isCompressed);
                    input.AdvanceTo(payload.End);
                    return message;
                }
            }

            if (result.IsCompleted)
            {
                input.AdvanceTo(buffer.End);
                return buffer.IsEmpty ? null : throw Broken("The stream ended within a message.");
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException();
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The only message of the stream, which must end after it.</summary>
    /// <exception cref="RpcException">There is none, or more than one, or what came is no message.</exception>
    public async ValueTask<T> ReadSingleAsync(CancellationToken cancellationToken)
    {
        var message = await ReadAsync(cancellationToken).ConfigureAwait(false)
            ?? throw Broken("The stream ended without a message, where there must be one.");
        var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        while (result is { IsCompleted: false, Buffer.IsEmpty: true })
        {
            input.AdvanceTo(result.Buffer.End);
            result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        var isOver = result.Buffer.IsEmpty;
        input.AdvanceTo(result.Buffer.End);
        return isOver ? message : throw Broken("There is more than one message, where there must be one.");
    }

    private T Deserialize(ReadOnlySequence<byte> payload, bool isCompressed)
    {
        if (!isCompressed)
        {
            return Parse(payload);
        }

        if (encoding is null or "identity")
        {
            throw Broken("A message is compressed, but grpc-encoding names no compression.");
        }

        if (compression is null)
        {
            throw new RpcException(new Status(UnknownCompression, $"Messages are compressed with '{encoding}', which is not known here."));
        }

        using var plain = new PooledBuffer((int)Math.Min(Math.Max(payload.Length * 2, 1024), limit ?? int.MaxValue));
        Decompress(compression, payload, plain);
        return Parse(new ReadOnlySequence<byte>(plain.Written));
    }

    // Only as far as the limit: what comes small may be huge inside.
    private void Decompress(ICompressionProvider provider, ReadOnlySequence<byte> payload, PooledBuffer plain)
    {
        try
        {
            using var stream = provider.CreateDecompressionStream(new SequenceStream(payload));
            int read;
            while ((read = stream.Read(plain.GetSpan(4096))) > 0)
            {
                plain.Advance(read);
                if (plain.Length > (limit ?? int.MaxValue))
                {
                    throw new RpcException(new Status(StatusCode.ResourceExhausted, $"A message is larger than the limit of {limit} bytes when it is decompressed."));
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"A message cannot be decompressed with '{encoding}'.", exception));
        }
    }

    private T Parse(ReadOnlySequence<byte> payload)
    {
        _payload = payload;
        try
        {
            return deserialize(this);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"A message cannot be read: {exception.Message}", exception));
        }
        finally
        {
            _payload = default;
        }
    }

    private static RpcException Broken(string what) => new(new Status(StatusCode.Internal, what));
}
