using System.Net.Mail;

namespace Tandem.Notification;

/// <summary>Which addresses emails go to.</summary>
internal static class EmailAddresses
{
    private const int LongestAddress = 254;

    /// <summary>
    /// Whether this is a plain address and nothing else: no display name, no comment, no quotes, no second address, no line break. It is
    /// written into a header as it stands.
    /// </summary>
    public static bool IsPlain(string address)
        => address.Length <= LongestAddress
            && address.All(static c => char.IsAscii(c) && !char.IsControl(c) && !char.IsWhiteSpace(c) && !"\"(),:;<>[\\]".Contains(c, StringComparison.Ordinal))
            && MailAddress.TryCreate(address, out var parsed)
            && string.Equals(parsed.Address, address, StringComparison.Ordinal);
}
