using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Tandem.Runtime.Crypto;

/// <summary>Encrypts and decrypts the data of a document as it passes through, segment by segment.</summary>
internal static class DocumentSegments
{
    /// <summary>Encrypts the input.</summary>
    public static async Task EncryptAsync(PipeReader input, PipeWriter output, SegmentCipher cipher, CancellationToken cancellationToken)
    {
        await foreach (var (segment, isLast) in CutAsync(input, SegmentCipher.SegmentSize, cancellationToken).ConfigureAwait(false))
        {
            var size = segment.Length + SegmentCipher.TagSize;
            cipher.Encrypt(segment.Span, output.GetSpan(size)[..size], isLast);
            output.Advance(size);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Decrypts the input. Nothing of a segment is given out before it was found to be what was encrypted.</summary>
    /// <exception cref="CryptographicException">A segment is not what was encrypted, or the document was cut off.</exception>
    public static async Task DecryptAsync(PipeReader input, PipeWriter output, SegmentCipher cipher, CancellationToken cancellationToken)
    {
        await foreach (var (segment, isLast) in CutAsync(input, SegmentCipher.SegmentSize + SegmentCipher.TagSize, cancellationToken).ConfigureAwait(false))
        {
            var size = segment.Length - SegmentCipher.TagSize;
            if (size < 0)
            {
                throw new CryptographicException("the document was cut off");
            }

            cipher.Decrypt(segment.Span, size == 0 ? [] : output.GetSpan(size)[..size], isLast);
            output.Advance(size);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Segments of one size, the last of which may be shorter (empty, when all is). Each is valid until the next is asked for.</summary>
    private static async IAsyncEnumerable<(ReadOnlyMemory<byte> Segment, bool IsLast)> CutAsync(
        PipeReader input, int size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            for (var isLast = false; !isLast;)
            {
                // One byte more tells that this is not the last.
                var result = await input.ReadAtLeastAsync(size + 1, cancellationToken).ConfigureAwait(false);
                isLast = result.Buffer.Length <= size;
                var segment = result.Buffer.Slice(0, Math.Min(size, result.Buffer.Length));
                segment.CopyTo(rented);
                var length = (int)segment.Length;
                input.AdvanceTo(segment.End);
                yield return (rented.AsMemory(0, length), isLast);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}
