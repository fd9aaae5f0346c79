using System.Globalization;

namespace Tandem.ServiceDefaults;

/// <summary>Ids of everything but products: UUIDv7 as text, so that they sort by the time they were made.</summary>
public static class Ids
{
    /// <summary>A new id.</summary>
    public static string New() => Guid.CreateVersion7().ToString("D", CultureInfo.InvariantCulture);

    /// <summary>A new id whose leading bits are the given time.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture);

    /// <summary>Whether the text is an id in the form in which ids are given out: lower case, with dashes.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: 36 } || !Guid.TryParseExact(id, "D", out _))
        {
            return false;
        }

        foreach (var c in id)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                return false;
            }
        }

        return true;
    }
}
