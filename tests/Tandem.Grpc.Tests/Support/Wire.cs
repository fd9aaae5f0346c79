using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;

namespace Tandem.Grpc.Tests.Support;

/// <summary>Messages as they lie on the wire, right or wrong.</summary>
internal static class Wire
{
    /// <summary>A message behind its five bytes; a length of its own makes it wrong.</summary>
    public static byte[] Message(byte[] payload, byte flags = 0, uint? length = null)
    {
        var bytes = new byte[5 + payload.Length];
        bytes[0] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(bytes, 5);
        return bytes;
    }

    public static byte[] Message(IMessage message) => Message(message.ToByteArray());

    public static byte[] Gzip(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            stream.Write(plain);
        }

        return compressed.ToArray();
    }

    /// <summary>Some kilobytes that become this many bytes: the payload of a <c>Ping</c> of zeros.</summary>
    public static byte[] Bomb(int size)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            var tag = new byte[6];
            tag[0] = 0x0a;
            var rest = (uint)size;
            var at = 1;
            for (; rest > 0x7f; rest >>= 7)
            {
                tag[at++] = (byte)(rest | 0x80);
            }

            tag[at++] = (byte)rest;
            stream.Write(tag.AsSpan(0, at));
            var zeros = new byte[1 << 20];
            for (var written = 0; written < size; written += zeros.Length)
            {
                stream.Write(zeros.AsSpan(0, Math.Min(zeros.Length, size - written)));
            }
        }

        return compressed.ToArray();
    }
}
