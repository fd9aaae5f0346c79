using System.Globalization;
using System.Net.Mail;
using System.Text;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http.Smtp;

/// <summary>A mail as it goes over the wire: seven-bit, lines of 76 characters, nothing from outside ends a header.</summary>
internal sealed class Mail
{
    private const string NewLine = "\r\n";
    private const int LineLength = 76;

    /// <summary>Bytes in one encoded word of a header, so that the line stays short enough.</summary>
    private const int BytesOfWord = 39;

    private Mail(string sender, IReadOnlyList<string> recipients, string text)
    {
        Sender = sender;
        Recipients = recipients;
        Text = text;
    }

    public string Sender { get; }

    /// <summary>All who get it, those in secret among them.</summary>
    public IReadOnlyList<string> Recipients { get; }

    public string Text { get; }

    /// <exception cref="BindingException">A field is missing or cannot be used.</exception>
    public static Mail Write(MailFields fields, ReadOnlySpan<byte> html, DateTimeOffset now)
    {
        var from = Single(Required(fields.From, "emailFrom"), "emailFrom");
        var to = Many(Required(fields.To, "emailTo"), "emailTo");
        var cc = Many(fields.Cc, "emailCC");
        var bcc = Many(fields.Bcc, "emailBCC");
        var text = new StringBuilder();
        Header("Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header("From", Shown(from));
        Header("To", string.Join($",{NewLine} ", to.Select(Shown)));
        if (cc.Count > 0)
        {
            Header("Cc", string.Join($",{NewLine} ", cc.Select(Shown)));
        }

        Header("Message-ID", $"<{Guid.CreateVersion7():N}@{HostOf(from)}>");
        Header("Subject", Encode(Required(fields.Subject, "subject")));
        Header("X-Priority", fields.Priority.ToString(CultureInfo.InvariantCulture));
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/html; charset=UTF-8");
        Header("Content-Transfer-Encoding", "base64");
        text.Append(NewLine);
        var encoded = Convert.ToBase64String(html);
        for (var start = 0; start < encoded.Length; start += LineLength)
        {
            text.Append(encoded, start, Math.Min(LineLength, encoded.Length - start)).Append(NewLine);
        }

        return new Mail(Bare(from), [.. to.Concat(cc).Concat(bcc).Select(Bare).Distinct(StringComparer.Ordinal)], text.ToString());

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append(NewLine);
    }

    private static string Required(string? value, string name)
        => !string.IsNullOrWhiteSpace(value) ? value : throw new BindingException($"'{name}' is required, in the component's metadata or the request's");

    private static List<MailAddress> Many(string? value, string name)
        => [.. (value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(address => Single(address, name))];

    private static MailAddress Single(string text, string name)
        => MailAddress.TryCreate(text, out var address) && address.User.All(static c => c is > ' ' and <= '~' && c is not ('<' or '>'))
            ? address
            : throw new BindingException($"'{name}' has no mail address where it says '{text}'");

    private static string Bare(MailAddress address) => $"{address.User}@{HostOf(address)}";

    private static string Shown(MailAddress address) => address.DisplayName.Length == 0 ? Bare(address) : $"{EncodePhrase(address.DisplayName)} <{Bare(address)}>";

    /// <summary>A host of letters from anywhere, as the name service knows it.</summary>
    private static string HostOf(MailAddress address)
    {
        try
        {
            return address.Host.StartsWith('[') ? address.Host : new IdnMapping().GetAscii(address.Host);
        }
        catch (ArgumentException exception)
        {
            throw new BindingException($"'{address.Host}' is no host that mail can go to", exception);
        }
    }

    private static string Encode(string text) => text.All(static c => c is >= ' ' and <= '~') && text.Length <= LineLength - 16 && !text.Contains("=?", StringComparison.Ordinal) ? text : Words(text);

    /// <summary>A name is a phrase: more than letters, digits and spaces would need quotes.</summary>
    private static string EncodePhrase(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is ' ') ? text : Words(text);

    /// <summary>Encoded words (RFC 2047), each on a line of its own, never cut inside a character.</summary>
    private static string Words(string text)
    {
        var words = new List<string>();
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
