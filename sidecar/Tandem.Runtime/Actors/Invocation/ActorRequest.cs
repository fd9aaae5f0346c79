using System.Collections.Frozen;
using System.Net.Http.Headers;

namespace Tandem.Runtime.Actors.Invocation;

/// <summary>Makes the requests that carry actor calls to apps and to other sidecars.</summary>
internal static class ActorRequest
{
    private static readonly FrozenSet<string> LeftBehind = FrozenSet.ToFrozenSet(
        [
            "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Transfer-Encoding", "TE", "Trailer", "Upgrade",
            "Expect", "Host", "Content-Length", "Content-Type", "dapr-api-token", ActorCall.CallerHeader, ActorCall.ReentrancyHeader,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A request with the call's headers and body. Paths are relative, their parts escaped.</summary>
    public static HttpRequestMessage Create(string path, ActorCall call, string? reentrancyId)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, new Uri(path, UriKind.Relative));
        if (call.Headers is { } headers)
        {
            foreach (var header in headers)
            {
                if (!LeftBehind.Contains(header.Key) && header.Key[0] != ':')
                {
                    if (header.Value.Count == 1)
                    {
                        request.Headers.TryAddWithoutValidation(header.Key, header.Value[0]);
                    }
                    else
                    {
                        request.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string?>)header.Value);
                    }
                }
            }
        }

        if (call.CallerAppId is { } caller)
        {
            request.Headers.TryAddWithoutValidation(ActorCall.CallerHeader, caller);
        }

        if (reentrancyId is not null)
        {
            request.Headers.TryAddWithoutValidation(ActorCall.ReentrancyHeader, reentrancyId);
        }

        if (call.Body.Length > 0 || call.ContentType is not null)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            if (call.ContentType is { } contentType)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        return request;
    }

    /// <summary>The path of an actor, in the app and in the sidecar's API after its version.</summary>
    public static string PathOf(string actorType, string actorId) => $"/actors/{Uri.EscapeDataString(actorType)}/{Uri.EscapeDataString(actorId)}";

    /// <summary>The content type of a request that has no content: daprd says this when it deactivates.</summary>
    public static HttpContent EmptyProtobuf()
    {
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        return content;
    }
}
