using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Tandem.Grpc.Tests.Support;

/// <summary>What a server answered to a request that was made by hand.</summary>
internal sealed record RawAnswer(HttpStatusCode HttpStatus, StatusCode? Status, string Message, HttpResponseHeaders Headers, HttpResponseHeaders Trailers, byte[] Body);

/// <summary>Calls by hand: any body, any headers, over HTTP/2.</summary>
internal static class RawCall
{
    public static HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler { UseProxy = false });

    public static HttpRequestMessage Create(ProbeServer server, string path, HttpContent content, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        change?.Invoke(request);
        return request;
    }

    public static async Task<RawAnswer> PostAsync(ProbeServer server, string path, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var client = CreateClient();
        return await SendAsync(client, Create(server, path, new ByteArrayContent(body), change));
    }

    public static async Task<RawAnswer> SendAsync(HttpMessageInvoker client, HttpRequestMessage request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var response = await client.SendAsync(request, patience.Token);
        var body = await response.Content.ReadAsByteArrayAsync(patience.Token);
        string? Find(string name) => response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values) ? string.Join(',', values) : null;
        return new RawAnswer(
            response.StatusCode, Find("grpc-status") is { } status ? (StatusCode)int.Parse(status, CultureInfo.InvariantCulture) : null,
            Find("grpc-message") ?? "", response.Headers, response.TrailingHeaders, body);
    }
}
