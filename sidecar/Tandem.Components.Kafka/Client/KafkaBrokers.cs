using System.Globalization;
using Tandem.Components.Metadata;

namespace Tandem.Components.Kafka.Client;

/// <summary>The field <c>brokers</c>: hosts with their ports, separated by commas.</summary>
internal static class KafkaBrokers
{
    private const string Field = "brokers";
    private const int DefaultPort = 9092;

    public static IReadOnlyList<string> Parse(ComponentMetadata metadata)
    {
        var brokers = metadata.GetRequiredString(Field)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse)
            .ToList();
        return brokers.Count > 0 ? brokers : throw new ComponentMetadataException(Field, "names no broker");
    }

    private static string Parse(string broker)
    {
        if (broker.Contains("://", StringComparison.Ordinal) || broker.Any(char.IsWhiteSpace))
        {
            throw Unusable(broker);
        }

        // An address of IPv6 stands in brackets where a port follows it.
        var colon = broker.LastIndexOf(':');
        if (colon < 0 || broker.EndsWith(']'))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{broker}:{DefaultPort}");
        }

        return colon > 0 && ushort.TryParse(broker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? broker : throw Unusable(broker);
    }

    private static ComponentMetadataException Unusable(string broker) => new(Field, $"must be hosts with ports such as localhost:9092, separated by commas; '{broker}' is none");
}
