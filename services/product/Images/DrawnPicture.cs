using System.Globalization;
using System.Net;
using System.Text;

namespace Tandem.Product.Images;

/// <summary>
/// A picture for a product that has none: drawn from its category and name, always the same for the same product, with nothing from elsewhere.
/// </summary>
internal static class DrawnPicture
{
    public const string ContentType = "image/svg+xml";

    /// <summary>Changes when the drawing does, so that browsers fetch it again.</summary>
    private const int Version = 1;

    /// <summary>What stands for each category, within 200 × 200.</summary>
    private static readonly Dictionary<string, string> Shapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Audio"] = """<path d="M40 120a60 60 0 0 1 120 0" fill="none" stroke="currentColor" stroke-width="14"/><rect x="28" y="112" width="34" height="58" rx="14"/><rect x="138" y="112" width="34" height="58" rx="14"/>""",
        ["Books"] = """<path d="M100 56C78 40 46 40 26 48v104c20-8 52-8 74 8 22-16 54-16 74-8V48c-20-8-52-8-74 8z"/><path d="M100 56v104" stroke="#fff" stroke-width="6" opacity=".7"/>""",
        ["Computers"] = """<rect x="34" y="44" width="132" height="88" rx="10"/><rect x="46" y="56" width="108" height="64" rx="4" fill="#fff" opacity=".75"/><path d="M18 146h164l-12 16H30z"/>""",
        ["Garden"] = """<path d="M100 170V92" stroke="currentColor" stroke-width="12"/><path d="M100 104C60 104 40 80 40 46c40 0 60 24 60 58z"/><path d="M100 88c0-34 22-56 60-56 0 38-22 56-60 56z" opacity=".75"/><rect x="62" y="156" width="76" height="18" rx="9"/>""",
        ["Home"] = """<path d="M100 30 24 96h22v70h108V96h22z"/><rect x="84" y="118" width="32" height="48" rx="4" fill="#fff" opacity=".75"/>""",
        ["Sports"] = """<circle cx="100" cy="100" r="70"/><path d="M44 58c36 30 36 54 0 84M156 58c-36 30-36 54 0 84M100 30v140" fill="none" stroke="#fff" stroke-width="6" opacity=".75"/>""",
    };

    private static readonly string OtherShape = """<path d="M100 26 168 62v76l-68 36-68-36V62z"/><path d="M32 62l68 36 68-36M100 98v76" fill="none" stroke="#fff" stroke-width="6" opacity=".75"/>""";

    public static byte[] Draw(string name, string category)
    {
        var hash = Hash(name, category);
        var hue = Hash(category, "") % 360;
        var tilt = (int)(hash % 25) - 12;
        var shape = Shapes.GetValueOrDefault(category, OtherShape);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" role="img" aria-label="{WebUtility.HtmlEncode(name)}">
            <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl({hue},62%,{88 - (hash % 6)}%)"/><stop offset="1" stop-color="hsl({(hue + 24 + (hash % 30)) % 360},58%,{72 - (hash % 8)}%)"/></linearGradient></defs>
            <rect width="400" height="300" fill="url(#g)"/>
            <circle cx="{60 + (hash % 280)}" cy="{40 + (hash / 7 % 200)}" r="{40 + (hash / 13 % 60)}" fill="#fff" opacity=".22"/>
            <g transform="translate(100 22) rotate({tilt} 100 100)" color="hsl({hue},46%,{30 + (hash % 14)}%)" fill="currentColor">{shape}</g>
            <text x="200" y="268" text-anchor="middle" font-family="system-ui,sans-serif" font-size="{(name.Length > 24 ? 18 : 24)}" font-weight="600" fill="hsl({hue},50%,20%)">{WebUtility.HtmlEncode(Shorten(name))}</text>
            </svg>
            """));
    }

    /// <summary>The picture's ETag.</summary>
    public static string TagOf(string name, string category)
        => string.Create(CultureInfo.InvariantCulture, $"drawn-{Version}-{Hash(name, category):x8}");

    private static string Shorten(string name) => name.Length <= 36 ? name : name[..35].TrimEnd() + "…";

    /// <summary>FNV-1a: the same in every process, which the framework's hash codes are not.</summary>
    private static uint Hash(string first, string second)
    {
        var hash = 2166136261u;
        foreach (var c in string.Concat(first, "\n", second))
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }
}
