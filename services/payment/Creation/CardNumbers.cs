using System.Buffers;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>Keeps card numbers out: they must reach the provider only, who gives a token for them.</summary>
internal static class CardNumbers
{
    private const int TokenDigits = 12;
    private const int ShortestCard = 13;
    private const int LongestCard = 19;

    private static readonly SearchValues<char> Separators = SearchValues.Create(" -.");

    /// <summary>Whether what was given as a token holds twelve digits in a row, spaces, dashes and dots aside.</summary>
    public static bool LooksLikeCard(string token) => Runs(token).Any(static run => run.Length >= TokenDigits);

    /// <summary>Whether a free text holds what can be a card number: 13 to 19 digits with a right check digit. Ids of the mesh are none.</summary>
    public static bool Holds(string? text)
        => text is not null
            && !Ids.IsValid(text)
            && Runs(text).Any(static run => run.Length is >= ShortestCard and <= LongestCard && HasCheckDigit(run));

    private static IEnumerable<string> Runs(string text)
    {
        var digits = new List<char>();
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits.Add(c);
            }
            else if (!Separators.Contains(c))
            {
                yield return new string([.. digits]);
                digits.Clear();
            }
        }

        yield return new string([.. digits]);
    }

    // The Luhn sum: every second digit from the right counts twice.
    private static bool HasCheckDigit(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
            {
                digit *= 2;
            }

            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }
}
