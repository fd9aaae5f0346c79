using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tandem.Analytics;
using Tandem.Services.Tests.Defaults;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Analytics;

/// <summary>What the tests of dead letters have in common.</summary>
internal static class DeadLetterTesting
{
    /// <summary>An event as it lies on a topic.</summary>
    public static byte[] Envelope(string id, string type, string data) => Encoding.UTF8.GetBytes(
        $$"""
        {"specversion":"1.0","id":"{{id}}","type":"{{type}}","source":"order","subject":"o-1","time":"2030-01-02T03:04:05Z","expiration":"2030-01-02T03:05:05Z",
         "extra":"kept","datacontenttype":"application/json","data":{{data}}}
        """);

    /// <summary>Delivers a message of a dead-letter topic as the sidecar does where payloads are asked for.</summary>
    public static async Task DieAsync(this ServiceApplication<AnalyticsService> application, string topic, byte[] message)
    {
        using var sidecar = application.CreateSidecarClient();
        using var content = JsonContent.Create(
            new
            {
                id = Guid.NewGuid(),
                specversion = "1.0",
                datacontenttype = "application/octet-stream",
                source = "Dapr",
                type = "com.dapr.event.sent",
                topic = $"{topic}-dead",
                pubsubname = "pubsub",
                data_base64 = Convert.ToBase64String(message),
            },
            new MediaTypeHeaderValue("application/cloudevents+json"));
        using var response = await sidecar.PostAsync(Http.At($"/events/{topic}-dead"), content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public static async Task<IReadOnlyList<JsonElement>> LettersAsync(this HttpClient admin, string query = "")
        => [.. (await admin.GetAsync($"/admin/deadletters{query}", HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];

    /// <summary>Asks for the letter until it is so; with a clock, moves that a second between two questions.</summary>
    public static async Task<JsonElement> WaitForStatusAsync(this HttpClient admin, string id, string status, ManualTimeProvider? clock = null)
    {
        using var patience = new CancellationTokenSource(ServiceApplication<AnalyticsService>.Deadline);
        while (true)
        {
            var letter = await admin.GetAsync($"/admin/deadletters/{id}", HttpStatusCode.OK);
            if (letter.Text("status") == status)
            {
                return letter;
            }

            patience.Token.ThrowIfCancellationRequested();
            clock?.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
