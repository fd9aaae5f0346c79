using System.Globalization;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Smtp;

/// <summary>The metadata of <c>bindings.smtp</c>.</summary>
/// <param name="Mail">What a mail is like where the request does not say otherwise.</param>
internal sealed record SmtpOptions(string Host, int Port, string? User, string? Password, bool SkipTlsVerify, MailFields Mail)
{
    private const int DefaultPort = 587;

    /// <summary>The port at which a server speaks TLS from the first byte.</summary>
    private const int TlsPort = 465;

    public bool IsTlsFromTheStart => Port == TlsPort;

    /// <summary>The server as people know it.</summary>
    public string Address => $"{Host}:{Port}";

    public static SmtpOptions Parse(ComponentMetadata metadata)
    {
        var port = metadata.GetInt("port", DefaultPort);
        if (port is <= 0 or > ushort.MaxValue)
        {
            throw new ComponentMetadataException("port", $"must be between 1 and 65535, not {port}");
        }

        var user = metadata.GetString("user");
        var password = metadata.GetString("password");
        if ((user is null) != (password is null))
        {
            throw new ComponentMetadataException(user is null ? "user" : "password", $"is required beside {(user is null ? "password" : "user")}");
        }

        try
        {
            return new SmtpOptions(
                metadata.GetRequiredString("host"), port, user, password, metadata.GetBool("skipTLSVerify", false), MailFields.Read(new MailFields(), metadata.GetString));
        }
        catch (BindingException exception)
        {
            throw new ComponentMetadataException("priority", string.Create(CultureInfo.InvariantCulture, $"must be between {MailFields.Highest} (highest) and {MailFields.Lowest} (lowest)"), exception);
        }
    }
}

/// <summary>Who writes to whom about what. Several addresses stand one behind the other, with semicolons between them.</summary>
internal sealed record MailFields
{
    public const int Highest = 1;
    public const int Lowest = 5;

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Cc { get; init; }

    public string? Bcc { get; init; }

    public string? Subject { get; init; }

    public int Priority { get; init; } = 3;

    /// <summary>What <paramref name="find"/> says, and for the rest what was said before.</summary>
    /// <exception cref="BindingException">The priority is none.</exception>
    public static MailFields Read(MailFields before, Func<string, string?> find) => new()
    {
        From = find("emailFrom") ?? before.From,
        To = find("emailTo") ?? before.To,
        Cc = find("emailCC") ?? before.Cc,
        Bcc = find("emailBCC") ?? before.Bcc,
        Subject = find("subject") ?? before.Subject,
        Priority = find("priority") switch
        {
            null => before.Priority,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority is >= Highest and <= Lowest => priority,
            var text => throw new BindingException($"metadata 'priority' must be between {Highest} (highest) and {Lowest} (lowest), not '{text}'"),
        },
    };
}
