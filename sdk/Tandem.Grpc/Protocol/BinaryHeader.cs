namespace Tandem.Grpc.Protocol;

/// <summary>The value of a header whose name ends in <c>-bin</c>: base64, padded or not; several values may be joined by commas.</summary>
internal static class BinaryHeader
{
    public static string Encode(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <summary>Reads one value; null when it is not base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> value)
    {
        var text = value.Trim().TrimEnd('=');
        var padded = new char[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64Chars(padded, bytes, out var written) ? bytes[..written] : null;
    }
}
