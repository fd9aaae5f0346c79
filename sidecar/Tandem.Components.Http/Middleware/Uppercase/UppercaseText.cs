using System.Buffers;
using System.Text;

namespace Tandem.Components.Http.Middleware.Uppercase;

/// <summary>Writes UTF-8 text in capital letters, rune by rune; bytes that are no text stay as they are.</summary>
internal static class UppercaseText
{
    /// <summary>A rune in capitals may take half as many bytes again.</summary>
    public static int LongestResult(int length) => length + (length / 2) + 1;

    /// <summary>Transforms what is whole. What is left over is the beginning of a rune, unless <paramref name="isEnd"/>.</summary>
    public static (int Read, int Written) Transform(ReadOnlySpan<byte> from, Span<byte> to, bool isEnd)
    {
        var read = 0;
        var written = 0;
        while (read < from.Length)
        {
            if (Ascii.ToUpper(from[read..], to[written..], out var ascii) is OperationStatus.Done or OperationStatus.InvalidData)
            {
                read += ascii;
                written += ascii;
                if (read == from.Length)
                {
                    break;
                }
            }

            switch (Rune.DecodeFromUtf8(from[read..], out var rune, out var length))
            {
                case OperationStatus.Done:
                    read += length;
                    written += Rune.ToUpperInvariant(rune).EncodeToUtf8(to[written..]);
                    break;
                case OperationStatus.NeedMoreData when !isEnd:
                    return (read, written);
                default:
                    from.Slice(read, length).CopyTo(to[written..]);
                    read += length;
                    written += length;
                    break;
            }
        }

        return (read, written);
    }
}
