using System.Buffers.Text;
using System.Text;

namespace Tandem.Runtime.Http1;

/// <summary>The first line and the framing headers of an answer (RFC 9112).</summary>
internal readonly struct AnswerHead
{
    public required int StatusCode { get; init; }

    /// <summary>Null when there is no Content-Length, or the body is chunked.</summary>
    public long? Length { get; init; }

    public bool IsChunked { get; init; }

    public bool KeepsConnection { get; init; }

    /// <summary>Where the header lines begin in the head.</summary>
    public required int LinesStart { get; init; }

    /// <summary>Reads a whole head, with the empty line that ends it.</summary>
    /// <exception cref="Http1Exception">It is no HTTP/1.x answer.</exception>
    public static AnswerHead Parse(ReadOnlySpan<byte> head)
    {
        var rest = head;
        var first = TakeLine(ref rest);
        if (first.Length < 12 || !first.StartsWith("HTTP/1."u8) || first[8] != ' ' || !Utf8Parser.TryParse(first.Slice(9, 3), out int status, out var digits)
            || digits != 3 || status is < 100 or > 999 || (first.Length > 12 && first[12] != ' '))
        {
            throw new Http1Exception("the answer is not HTTP/1.1");
        }

        var linesStart = head.Length - rest.Length;
        long? length = null;
        var isChunked = false;
        var keeps = first[7] != '0';
        while (TryTakeHeader(ref rest, out var name, out var value))
        {
            switch (name.Length)
            {
                case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                    if (!Utf8Parser.TryParse(value, out long number, out var used) || used != value.Length || number < 0 || (length is { } other && other != number))
                    {
                        throw new Http1Exception("the answer's Content-Length is not one number");
                    }

                    length = number;
                    break;
                case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                    isChunked = EndsWithIgnoreCase(value, "chunked"u8) ? true : throw new Http1Exception("the answer's Transfer-Encoding is not chunked");
                    break;
                case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                    keeps = ContainsIgnoreCase(value, "close"u8) ? false : keeps || ContainsIgnoreCase(value, "keep-alive"u8);
                    break;
                default:
                    break;
            }
        }

        return new AnswerHead
        {
            StatusCode = status,
            Length = isChunked ? null : length,
            IsChunked = isChunked,
            KeepsConnection = keeps && !(isChunked && length is not null), // Both lengths: somebody in between may have understood it otherwise.
            LinesStart = linesStart,
        };
    }

    /// <summary>Takes the next header line; the end is an empty line.</summary>
    public static bool TryTakeHeader(scoped ref ReadOnlySpan<byte> lines, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var line = TakeLine(ref lines);
        if (line.IsEmpty)
        {
            name = value = default;
            return false;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].IndexOfAny((byte)' ', (byte)'\t') >= 0)
        {
            throw new Http1Exception("a header of the answer has no name");
        }

        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return true;
    }

    /// <summary>The length of the head at the beginning of the bytes, 0 when its end has not come yet.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int searchFrom)
    {
        for (var at = searchFrom; at < bytes.Length;)
        {
            var lineBreak = bytes[at..].IndexOf((byte)'\n');
            if (lineBreak < 0)
            {
                return 0;
            }

            at += lineBreak + 1;
            if (at < bytes.Length && bytes[at] == '\n')
            {
                return at + 1;
            }

            if (at + 1 < bytes.Length && bytes[at] == '\r' && bytes[at + 1] == '\n')
            {
                return at + 2;
            }
        }

        return 0;
    }

    private static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private static bool EndsWithIgnoreCase(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
        => value.Length >= word.Length && Ascii.EqualsIgnoreCase(value[^word.Length..], word);

    private static bool ContainsIgnoreCase(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        foreach (var part in value.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), word))
            {
                return true;
            }
        }

        return false;
    }
}
