using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using Tandem.Components.Metadata;
using Tandem.Components.PubSub;

namespace Tandem.Components.RabbitMq.PubSub;

/// <summary>A message's AMQP properties: made from the publisher's metadata, and given to the subscriber as metadata.</summary>
internal static class MessageProperties
{
    private const string DefaultContentType = "text/plain";

    /// <summary>A header that the client library adds for itself.</summary>
    private const string SequenceHeader = "x-dotnet-pub-seq-no";

    private static readonly Dictionary<string, string> None = [];

    /// <exception cref="FormatException">The metadata cannot be used.</exception>
    public static BasicProperties Create(PublishRequest request, RabbitMqPubSubOptions options)
    {
        var metadata = request.Metadata;
        var properties = new BasicProperties { ContentType = metadata.Find("contentType") ?? DefaultContentType };
        if (options.DeliveryMode > 0)
        {
            properties.DeliveryMode = (DeliveryModes)options.DeliveryMode;
        }

        if ((TimeToLive(metadata, "ttl") ?? TimeToLive(metadata, "ttlInSeconds") ?? options.TimeToLive) is { } timeToLive)
        {
            properties.Expiration = ((long)timeToLive.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        if (metadata.Find("priority") is { } text)
        {
            properties.Priority = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var priority)
                ? (byte)Math.Clamp(priority, byte.MinValue, byte.MaxValue)
                : throw new FormatException($"metadata 'priority' must be a whole number, not '{text}'");
        }

        properties.MessageId = metadata.Find("messageID");
        properties.CorrelationId = metadata.Find("correlationID");
        properties.Type = metadata.Find("type");
        return properties;
    }

    /// <summary>What the subscriber is told, where the component wants it so: names as Dapr gives them.</summary>
    public static IReadOnlyDictionary<string, string> Read(IReadOnlyBasicProperties properties, bool isWanted)
    {
        if (!isWanted)
        {
            return None;
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("messageid", properties.MessageId);
        Add("correlationid", properties.CorrelationId);
        Add("type", properties.Type);
        Add("contenttype", properties.ContentType);
        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (name != SequenceHeader)
            {
                Add(name, value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        return metadata;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                metadata[$"metadata.{name}"] = value;
            }
        }
    }

    /// <summary>An entry by its name in any case; nothing when it is empty.</summary>
    public static string? Find(this IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.TryGetValue(name, out var exact) && exact.Length > 0)
        {
            return exact;
        }

        foreach (var (key, value) in metadata)
        {
            if (value.Length > 0 && key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    private static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (metadata.Find(name) is not { } text)
        {
            return null;
        }

        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        var duration = TimeSpan.Zero;
        return (isNumber ? seconds is > 0 and <= uint.MaxValue / 1000 : GoDuration.TryParse(text, out duration) && duration >= TimeSpan.Zero && duration.TotalMilliseconds <= uint.MaxValue)
            ? isNumber ? TimeSpan.FromSeconds(seconds) : duration
            : throw new FormatException($"metadata '{name}' must be a number of seconds greater than zero, or a duration, and less than 50 days, not '{text}'");
    }
}
