using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>Where a new consumer group begins: behind what is there, at the beginning, or at a message's number.</summary>
internal readonly record struct InitialOffset(long? FirstMessage)
{
    public static readonly InitialOffset Newest = new(null);
    public static readonly InitialOffset Oldest = new(1);

    public static InitialOffset Parse(ComponentMetadata metadata, InitialOffset defaultValue) => metadata.GetString("initialOffset")?.Trim() switch
    {
        null => defaultValue,
        var text when text.Equals("newest", StringComparison.OrdinalIgnoreCase) => Newest,
        var text when text.Equals("oldest", StringComparison.OrdinalIgnoreCase) => Oldest,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new InitialOffset(number),
        var text => throw new ComponentMetadataException("initialOffset", $"must be newest, oldest or a message's number, not '{text}'"),
    };
}
