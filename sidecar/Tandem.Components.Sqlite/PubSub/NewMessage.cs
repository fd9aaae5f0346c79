using System.Globalization;
using System.Text.Json;
using Tandem.Components.Metadata;
using Tandem.Components.PubSub;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>A message ready to be appended; times in milliseconds since 1970.</summary>
internal sealed record NewMessage(
    long PublishedAt, long? ExpiresAt, string? PartitionKey, string? ContentType, string? Metadata, ReadOnlyMemory<byte> Data)
{
    public const string PartitionKeyName = "partitionKey";
    private const string TimeToLiveName = "ttlInSeconds";

    public static NewMessage From(PublishRequest request, DateTimeOffset now)
    {
        var publishedAt = now.ToUnixTimeMilliseconds();
        string? partitionKey = null;
        long? expiresAt = null;
        Dictionary<string, string>? kept = null;
        foreach (var (name, value) in request.Metadata)
        {
            if (name.Equals(PartitionKeyName, StringComparison.OrdinalIgnoreCase))
            {
                partitionKey = value.Length > 0 ? value : null;
            }
            else if (name.Equals(TimeToLiveName, StringComparison.OrdinalIgnoreCase))
            {
                expiresAt = publishedAt + TimeToLive(value);
            }
            else if (!IsRuntimeMetadata(name))
            {
                (kept ??= []).Add(name, value);
            }
        }

        return new NewMessage(
            publishedAt, expiresAt, partitionKey, request.ContentType, kept is null ? null : JsonSerializer.Serialize(kept), request.Data);
    }

    /// <summary>What the runtime has put into the CloudEvent by now and no consumer needs beside it.</summary>
    private static bool IsRuntimeMetadata(string name)
        => name.StartsWith("cloudevent.", StringComparison.OrdinalIgnoreCase) || name.Equals("rawPayload", StringComparison.OrdinalIgnoreCase);

    private static long TimeToLive(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= int.MaxValue
            ? seconds * 1000
            : throw new ComponentMetadataException(TimeToLiveName, $"must be a number of seconds greater than zero, not '{text}'");
}
