using System.Text;
using Tandem.Notification;

namespace Tandem.Services.Tests.Notification;

public sealed class EmlWriterTests
{
    [Fact]
    public void Write_PlainMessage_HasTheHeadersOfRfc5322AndItsText()
    {
        var (headers, body) = Split(EmlWriter.Write(Message()));

        Assert.Contains("Date: Wed, 02 Jan 2030 03:04:05 +0000", headers);
        Assert.Contains("From: Tandem <shop@example.com>", headers);
        Assert.Contains("To: Ann\r\n <ann@example.com>", headers);
        Assert.Contains("Subject: Hello", headers);
        Assert.Contains("Message-ID: <id-1@example.com>", headers);
        Assert.Equal("The text.\nIts second line, with ü.", Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Hello\r\nBcc: everybody@example.com")]
    [InlineData("Hello\nBcc: everybody@example.com")]
    [InlineData("Hello\r\n\r\nA body")]
    [InlineData("Grüße an alle, und noch sehr viel mehr, so dass es auf keinen Fall in eine einzige Zeile passen kann 😀")]
    [InlineData("=?utf-8?B?SGk=?=")]
    public void Write_WordsFromOutside_StayInsideTheirHeader(string text)
    {
        var eml = EmlWriter.Write(Message() with { Subject = text, ToName = text });

        var (headers, _) = Split(eml);
        Assert.Equal(text, Decode(Assert.Single(headers, static h => h.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..]));
        Assert.StartsWith("To: =?utf-8?B?", Assert.Single(headers, static h => h.StartsWith("To: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(headers, static h => h.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.All(eml.Split("\r\n"), static line => Assert.True(line.Length <= 78 && line.All(static c => c is >= ' ' and <= '~'), line));
    }

    [Theory]
    [InlineData("ann@example.com", true)]
    [InlineData("ann+tag@mail.example.com", true)]
    [InlineData("ann@example.com\r\nBcc: bob@example.com", false)]
    [InlineData("ann@example.com, bob@example.com", false)]
    [InlineData("Ann <ann@example.com>", false)]
    [InlineData("\"a b\"@example.com", false)]
    [InlineData("ann", false)]
    [InlineData("änn@example.com", false)]
    [InlineData("", false)]
    public void IsPlain_TellsOneAddressFromEverythingElse(string address, bool expected)
    {
        Assert.Equal(expected, EmailAddresses.IsPlain(address));
        if (!expected)
        {
            Assert.Throws<ArgumentException>(() => EmlWriter.Write(Message() with { To = address }));
        }
    }

    private static EmailMessage Message() => new(
        "id-1", "shop@example.com", "Ann", "ann@example.com", "Hello", "The text.\nIts second line, with ü.", new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>The headers, each with its folded lines, and the body.</summary>
    private static (List<string> Headers, string Body) Split(string eml)
    {
        var end = eml.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        List<string> headers = [];
        foreach (var line in eml[..end].Split("\r\n"))
        {
            if (line.StartsWith(' '))
            {
                headers[^1] += $"\r\n{line}";
            }
            else
            {
                headers.Add(line);
            }
        }

        return (headers, eml[(end + 4)..]);
    }

    private static string Decode(string words)
        => string.Concat(words.Split("\r\n ").Select(static word => word.StartsWith("=?utf-8?B?", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2]))
            : word));
}
