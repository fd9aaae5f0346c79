using System.Collections.Frozen;
using System.Net.Http.Headers;

namespace Tandem.Runtime.AppChannel;

/// <summary>What a broker knows of a message beside its data reaches an app that speaks HTTP as headers, as in Dapr.</summary>
internal static class MessageHeaders
{
    private const char FirstVisible = ' ';
    private const char LastVisible = '~';

    /// <summary>What the sidecar says itself, and what no publisher is to say in its name or in a user's.</summary>
    private static readonly FrozenSet<string> NotForPublishers = FrozenSet.ToFrozenSet(
        ["authorization", "connection", "cookie", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "pubsubname", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade"],
        StringComparer.OrdinalIgnoreCase);

    public static void Add(HttpRequestHeaders headers, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        foreach (var (name, value) in metadata)
        {
            if (!NotForPublishers.Contains(name) && !name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase))
            {
                headers.TryAddWithoutValidation(name, value.AsSpan().ContainsAnyExceptInRange(FirstVisible, LastVisible) ? Uri.EscapeDataString(value) : value);
            }
        }
    }
}
