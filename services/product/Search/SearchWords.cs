namespace Tandem.Product.Search;

/// <summary>How text becomes words, and how far two words are apart.</summary>
internal static class SearchWords
{
    /// <summary>From this length on, a word may be written with one mistake.</summary>
    public const int LeastForTypos = 5;

    private const int LongestWord = 40;

    /// <summary>The words of a text, in lower case, each once.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        List<string> words = [];
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isWord = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (isWord && start < 0)
            {
                start = i;
            }
            else if (!isWord && start >= 0)
            {
                var word = text[start..i].ToLowerInvariant();
                word = word.Length > LongestWord ? word[..LongestWord] : word;
                if (!words.Contains(word))
                {
                    words.Add(word);
                }

                start = -1;
            }
        }

        return words;
    }

    /// <summary>Whether one letter too many, too few, wrong, or two letters in the wrong order are all that is between the words.</summary>
    public static bool AreOneTypoApart(string a, string b)
    {
        if (a.Length > b.Length)
        {
            (a, b) = (b, a);
        }

        if (b.Length - a.Length > 1)
        {
            return false;
        }

        var i = 0;
        while (i < a.Length && a[i] == b[i])
        {
            i++;
        }

        if (a.Length < b.Length)
        {
            return a.AsSpan(i).SequenceEqual(b.AsSpan(i + 1));
        }

        return i == a.Length
            || a.AsSpan(i + 1).SequenceEqual(b.AsSpan(i + 1))
            || (i + 1 < a.Length && a[i] == b[i + 1] && a[i + 1] == b[i] && a.AsSpan(i + 2).SequenceEqual(b.AsSpan(i + 2)));
    }
}
