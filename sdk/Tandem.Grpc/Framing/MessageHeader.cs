using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Tandem.Grpc.Framing;

/// <summary>What stands before each message: whether it is compressed, and its length, big-endian.</summary>
internal static class MessageHeader
{
    public const int Size = 5;

    public static void Write(IBufferWriter<byte> output, bool isCompressed, int length)
    {
        var header = output.GetSpan(Size);
        header[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        output.Advance(Size);
    }

    /// <summary>Reads the header at the beginning of a buffer that holds at least <see cref="Size"/> bytes.</summary>
    /// <exception cref="RpcException">It is malformed, or longer than the limit.</exception>
    public static (bool IsCompressed, int Length) Read(ReadOnlySequence<byte> buffer, int? limit)
    {
        Span<byte> header = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] > 1)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"A message begins with flags {header[0]}: only 0 (plain) and 1 (compressed) are known."));
        }

        if (length > (uint)(limit ?? int.MaxValue))
        {
            throw TooLarge(length, limit ?? int.MaxValue);
        }

        return (header[0] == 1, (int)length);
    }

    public static RpcException TooLarge(long length, int limit)
        => new(new Status(StatusCode.ResourceExhausted, $"A message of {length} bytes is larger than the limit of {limit} bytes."));
}
