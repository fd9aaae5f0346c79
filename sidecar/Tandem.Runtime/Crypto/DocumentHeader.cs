using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Tandem.Components.Crypto;

namespace Tandem.Runtime.Crypto;

/// <summary>The header of a document: the scheme's name, the manifest, and a signature of both, each on a line of its own.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Signed">The first two lines as they stand; the signature is of these bytes.</param>
/// <param name="Signature">The third line.</param>
internal sealed record DocumentHeader(Manifest Manifest, ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The bytes that a header may have at most.</summary>
    public const int MostBytes = SegmentCipher.SegmentSize;

    private const byte LineEnd = (byte)'\n';

    private static ReadOnlySpan<byte> Scheme => "dapr.io/enc/v1\n"u8;

    /// <summary>Writes a header.</summary>
    public static byte[] Write(Manifest manifest, FileKey key)
    {
        byte[] signed = [.. Scheme, .. manifest.Write(), LineEnd];
        return [.. signed, .. SignatureOf(signed, key), LineEnd];
    }

    /// <summary>Reads a header, once the buffer holds all of it.</summary>
    /// <param name="consumed">Where the header ends.</param>
    /// <exception cref="CryptoException">The buffer does not begin with a header.</exception>
    public static DocumentHeader? TryRead(in ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(buffer);
        consumed = buffer.Start;
        var start = buffer.Slice(0, Math.Min(buffer.Length, Scheme.Length)).ToArray();
        if (!Scheme.StartsWith(start))
        {
            throw new CryptoException("this is no document of the scheme dapr.io/enc/v1");
        }

        if (!reader.TryReadTo(out ReadOnlySequence<byte> _, LineEnd) || !reader.TryReadTo(out ReadOnlySequence<byte> manifest, LineEnd))
        {
            return Unfinished(buffer);
        }

        var signed = buffer.Slice(0, reader.Position);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> signature, LineEnd))
        {
            return Unfinished(buffer);
        }

        consumed = reader.Position;
        return new DocumentHeader(Manifest.Read(manifest.ToArray()), signed.ToArray(), signature.ToArray());
    }

    /// <summary>Whether the header was signed with the file key.</summary>
    public bool IsSignedWith(FileKey key) => CryptographicOperations.FixedTimeEquals(Signature.Span, SignatureOf(Signed.Span, key));

    private static byte[] SignatureOf(ReadOnlySpan<byte> signed, FileKey key) => Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Sign(signed)));

    private static DocumentHeader? Unfinished(in ReadOnlySequence<byte> buffer)
        => buffer.Length > MostBytes ? throw new CryptoException($"the document's header is longer than {MostBytes} bytes") : null;
}
