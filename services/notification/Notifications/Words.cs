using System.Text.Json;

namespace Tandem.Notification;

/// <summary>The names of enum values as the API and the database write them: in lower snake case.</summary>
internal static class Words
{
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => Names<TEnum>.ByValue[value];

    public static TEnum Parse<TEnum>(string word)
        where TEnum : struct, Enum
        => Names<TEnum>.ByName[word];

    /// <summary>The value of this name; nothing when there is no such value.</summary>
    public static TEnum? Find<TEnum>(string word)
        where TEnum : struct, Enum
        => Names<TEnum>.ByName.TryGetValue(word, out var value) ? value : null;

    /// <summary>All names, for those who used none of them.</summary>
    public static string All<TEnum>()
        where TEnum : struct, Enum
        => string.Join(", ", Names<TEnum>.ByName.Keys);

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> ByValue = Enum.GetValues<TEnum>()
            .ToDictionary(static value => value, static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, TEnum> ByName = ByValue.ToDictionary(static pair => pair.Value, static pair => pair.Key, StringComparer.Ordinal);
    }
}
