using System.Buffers;
using System.Text;

namespace Tandem.Grpc.Protocol;

/// <summary>The encoding of <c>grpc-message</c>: UTF-8, where all but printable ASCII, and the percent sign, is %XX.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(static code => (char)code).Where(static c => c != '%')]);

    /// <summary>The text as it goes on the wire.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length * 2);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value < 0x80 && Plain.Contains((char)value))
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append('%').Append(Hex(value >> 4)).Append(Hex(value & 0xf));
            }
        }

        return encoded.ToString();
    }

    /// <summary>The text that came; what is not well encoded stays as it is, as the specification wants.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal))
        {
            return encoded;
        }

        var bytes = new ArrayBufferWriter<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.GetSpan(1)[0] = Convert.ToByte(encoded.Substring(i + 1, 2), 16);
                bytes.Advance(1);
                i += 2;
            }
            else
            {
                bytes.Advance(Encoding.UTF8.GetBytes(encoded.AsSpan(i, 1), bytes.GetSpan(4)));
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static char Hex(int digit) => "0123456789ABCDEF"[digit];
}
