using System.Globalization;
using System.Text;

namespace Tandem.Notification;

/// <summary>
/// Writes an email as a file (RFC 5322): seven-bit, CRLF, no line beyond 78 characters. Header texts from outside are written as encoded
/// words (RFC 2047) unless they are plain, so nothing in them can end a header.
/// </summary>
internal static class EmlWriter
{
    private const string NewLine = "\r\n";

    /// <summary>Bytes in one encoded word: with its frame and the longest header name the line stays below the 76 characters that are allowed.</summary>
    private const int BytesOfWord = 39;

    private const int LongestPlainHeader = 60;

    public static string Write(EmailMessage message)
    {
        if (!EmailAddresses.IsPlain(message.From) || !EmailAddresses.IsPlain(message.To))
        {
            throw new ArgumentException("The sender or the recipient is no plain address.", nameof(message));
        }

        var eml = new StringBuilder();
        Header("Date", message.Date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header("From", $"Tandem <{message.From}>");
        Header("To", string.IsNullOrWhiteSpace(message.ToName) ? message.To : $"{EncodePhrase(message.ToName)}{NewLine} <{message.To}>");
        Header("Message-ID", $"<{message.Id}@{message.From[(message.From.LastIndexOf('@') + 1)..]}>");
        Header("Subject", EncodeText(message.Subject));
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", "base64");
        Header("Auto-Submitted", "auto-generated");
        eml.Append(NewLine);
        Body(message.Text);
        return eml.ToString();

        void Header(string name, string value) => eml.Append(name).Append(": ").Append(value).Append(NewLine);

        void Body(string text)
        {
            const int LineLength = 76;
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            for (var start = 0; start < encoded.Length; start += LineLength)
            {
                eml.Append(encoded, start, Math.Min(LineLength, encoded.Length - start)).Append(NewLine);
            }
        }
    }

    private static string EncodeText(string text) => IsPlain(text, static c => c is >= ' ' and <= '~') ? text : EncodedWords(text);

    /// <summary>A display name is a phrase: more than letters, digits and spaces would need quoting.</summary>
    private static string EncodePhrase(string text) => IsPlain(text, static c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? text : EncodedWords(text);

    private static bool IsPlain(string text, Func<char, bool> isAllowed)
        => text.Length <= LongestPlainHeader
            && text.All(isAllowed)
            && text.Trim().Length == text.Length
            && !text.Contains("=?", StringComparison.Ordinal);

    /// <summary>One word for each piece of at most 45 bytes, never cut inside a character, each on a line of its own.</summary>
    private static string EncodedWords(string text)
    {
        List<string> words = [];
        var bytes = new List<byte>(BytesOfWord);
        Span<byte> buffer = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(buffer);
            if (bytes.Count + length > BytesOfWord)
            {
                Flush();
            }

            bytes.AddRange(buffer[..length]);
        }

        Flush();
        return string.Join($"{NewLine} ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }
}
