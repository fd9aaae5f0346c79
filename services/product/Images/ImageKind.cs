using System.Text;
using System.Xml;

namespace Tandem.Product.Images;

/// <summary>Says from the bytes themselves what a picture is; what a client claims does not count.</summary>
internal static class ImageKind
{
    /// <summary>The content types that the shop takes.</summary>
    public static readonly string[] All = ["image/png", "image/jpeg", "image/webp", "image/svg+xml"];

    private const string SvgNamespace = "http://www.w3.org/2000/svg";

    private static readonly HashSet<string> ActiveElements = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "foreignObject", "iframe", "embed", "object", "handler", "listener",
    };

    /// <summary>The content type; nothing when the bytes are no picture that the shop shows.</summary>
    public static string? Detect(ReadOnlyMemory<byte> bytes)
    {
        var head = bytes.Span;
        if (head.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return "image/png";
        }

        if (head.StartsWith<byte>([0xFF, 0xD8, 0xFF]))
        {
            return "image/jpeg";
        }

        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8))
        {
            return "image/webp";
        }

        return IsHarmlessSvg(bytes) ? "image/svg+xml" : null;
    }

    /// <summary>The file's extension for a content type.</summary>
    public static string ExtensionOf(string contentType) => contentType switch
    {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => "svg",
    };

    /// <summary>Well-formed SVG that draws and does nothing else: no scripts, no handlers, nothing from elsewhere, no entities.</summary>
    private static bool IsHarmlessSvg(ReadOnlyMemory<byte> bytes)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new StringReader(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Span).TrimStart('\uFEFF')), settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "svg" || reader.NamespaceURI != SvgNamespace)
            {
                return false;
            }

            do
            {
                if (reader.NodeType == XmlNodeType.ProcessingInstruction || (reader.NodeType == XmlNodeType.Element && !IsHarmless(reader)))
                {
                    return false;
                }
            }
            while (reader.Read());
            return true;
        }
        catch (Exception exception) when (exception is XmlException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsHarmless(XmlReader reader)
    {
        if (ActiveElements.Contains(reader.LocalName))
        {
            return false;
        }

        while (reader.MoveToNextAttribute())
        {
            var value = reader.Value.Trim();
            if (reader.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase)
                || (reader.LocalName is "href" or "src" && !value.StartsWith('#') && !value.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }
        }

        reader.MoveToElement();
        return true;
    }
}
