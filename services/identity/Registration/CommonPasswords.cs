using System.Collections.Frozen;

namespace Tandem.Identity.Registration;

/// <summary>Passwords that are guessed first: what is typed most, what is one sign again and again, and what everybody knows of the user.</summary>
internal static class CommonPasswords
{
    /// <summary>Of at least eight signs, in lower case; shorter ones are refused for their length.</summary>
    private static readonly FrozenSet<string> Known = new[]
    {
        "12345678", "123456789", "1234567890", "0123456789", "87654321", "987654321", "0987654321", "11223344", "12344321", "12341234", "123123123",
        "147258369", "789456123", "123456789a", "a123456789", "1q2w3e4r", "1q2w3e4r5t", "q1w2e3r4", "q1w2e3r4t5", "1qaz2wsx", "1qazxsw2", "zaq12wsx", "zaq1zaq1",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345", "asdfghjk", "asdfghjkl", "asdfasdf", "zxcvbnm1", "zxcvbnm123", "qazwsxedc",
        "password", "password1", "password12", "password123", "password1234", "passw0rd", "p@ssword", "p@ssw0rd", "pa$$word", "passwort", "motdepasse", "contraseña",
        "iloveyou", "iloveyou1", "sunshine", "princess", "football", "baseball", "superman", "batman123", "starwars", "trustno1", "letmein1", "letmein123",
        "welcome1", "welcome123", "changeme", "changeit", "default1", "admin123", "administrator", "abcd1234", "abc12345", "abcdefgh", "computer", "internet",
        "whatever", "michelle", "jennifer", "samantha", "charlie1", "jordan23", "liverpool", "chelsea1", "pokemon1", "dragon123", "monkey123", "master123",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool Has(string? password, string? email, string? name)
    {
        if (string.IsNullOrEmpty(password))
        {
            return false;
        }

        var folded = password.Trim().ToLowerInvariant();
        return Known.Contains(folded)
            || folded.All(c => c == folded[0])
            || Is(email)
            || Is(email?.Split('@')[0])
            || Is(name);

        bool Is(string? known) => !string.IsNullOrWhiteSpace(known) && string.Equals(folded, known.Trim(), StringComparison.OrdinalIgnoreCase);
    }
}
