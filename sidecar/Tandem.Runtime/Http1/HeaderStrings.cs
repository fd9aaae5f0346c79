using System.Runtime.CompilerServices;
using System.Text;

namespace Tandem.Runtime.Http1;

/// <summary>Header names and values as strings, the short ones without a new string each time: answers of one app repeat themselves.</summary>
internal static class HeaderStrings
{
    private const int Slots = 1024;
    private const int LongestKept = 64;

    // One string a slot, the last that came by. Races are harmless: a reference is written whole.
    private static readonly string?[] Kept = new string?[Slots];

    public static string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > LongestKept)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        ref var slot = ref Kept[SlotOf(bytes)];
        var known = slot;
        if (known is not null && Ascii.Equals(bytes, known))
        {
            return known;
        }

        var text = Encoding.UTF8.GetString(bytes);
        slot = text;
        return text;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var each in bytes)
        {
            hash = (hash ^ each) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % Slots);
    }
}
