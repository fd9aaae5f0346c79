using System.Net;
using System.Net.Http.Json;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>What CONTRACT.md says of idempotency keys, held against one route.</summary>
internal static class IdempotencyRules
{
    /// <param name="client">Who asks.</param>
    /// <param name="other">Another caller, for whom the same key is another one.</param>
    /// <param name="path">The route.</param>
    /// <param name="body">A request that succeeds.</param>
    /// <param name="otherBody">Another request of the same caller.</param>
    /// <param name="othersPath">Where the other caller asks.</param>
    /// <param name="othersBody">What the other caller asks; it succeeds too.</param>
    /// <param name="expected">The status of success.</param>
    public static async Task HoldAsync(
        HttpClient client, HttpClient other, string path, object body, object otherBody, string othersPath, object othersBody, HttpStatusCode expected)
    {
        var key = Ids.New();
        using var first = await SendAsync(client, path, body, key);
        using var second = await SendAsync(client, path, body, key);
        using var others = await SendAsync(other, othersPath, othersBody, key);
        using var changed = await SendAsync(client, path, otherBody, key);
        using var malformed = await SendAsync(client, path, body, new string('k', 256));

        var text = await first.Content.ReadAsStringAsync();
        Assert.True(first.StatusCode == expected, $"{(int)first.StatusCode}: {text}");
        Assert.Equal(expected, second.StatusCode);
        Assert.Equal(text, await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.True(others.StatusCode == expected, $"{(int)others.StatusCode}: {await others.Content.ReadAsStringAsync()}");
        Assert.False(others.Headers.Contains("Idempotency-Replayed"));
        Assert.NotEqual(text, await others.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, changed.StatusCode);
        Assert.Equal("application/problem+json", changed.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Http.At(path)) { Content = JsonContent.Create(body, options: ServiceJson.Options), Headers = { { "Idempotency-Key", key } } };
        return await client.SendAsync(request);
    }
}
