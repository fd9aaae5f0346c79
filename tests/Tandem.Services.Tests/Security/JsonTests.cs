using System.Net;
using System.Text;
using System.Text.Json;

namespace Tandem.Services.Tests.Security;

/// <summary>Bodies that are no honest JSON, at every route that reads one.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class JsonTests(SecuredMesh mesh)
{
    private static readonly string Deep = $"{string.Concat(Enumerable.Repeat("{\"data\":", 200))}1{new string('}', 200)}";

    public static TheoryData<string, string, int> Bodies => new()
    {
        { Deep, "application/json", 400 },
        { $"{new string('[', 5000)}{new string(']', 5000)}", "application/json", 400 },
        { """{"userId":"a","userId":"b","email":"a","email":"b","name":"a","name":"b","title":"a","title":"b","quantity":1,"quantity":2,"reason":"a","reason":"b","orderId":"a","orderId":"b","refreshToken":"a","refreshToken":"b","amount":1,"amount":2}""", "application/json", 400 },
        { """{"userId":""", "application/json", 400 },
        { "not json", "application/json", 400 },
        { "<user><id>1</id></user>", "application/xml", 415 },
        { "userId=1&role=admin", "application/x-www-form-urlencoded", 415 },
        { """{"userId":"a"}""", "text/plain", 415 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task EveryRoute_WithABodyThatIsNone_SaysSoInProblemDetails(string body, string contentType, int expected)
    {
        List<string> wrong = [];
        var tried = 0;
        foreach (var name in SecuredMesh.All)
        {
            var service = mesh[name];
            using var admin = service.ClientOf(service.AdminToken);
            foreach (var route in service.Routes.Where(static route => route.TakesJson && route.Changes))
            {
                using var content = new StringContent(body, Encoding.UTF8, contentType);
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Fill(service.Owner, service.OwnersId)) { Content = content };
                using var response = await admin.SendAsync(request);
                if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
                {
                    continue; // For services alone: an admin does not come as far as the body.
                }

                tried++;
                var text = await response.Content.ReadAsStringAsync();
                if ((int)response.StatusCode != expected || !IsCleanProblem(response, text))
                {
                    wrong.Add($"{name} {route.Key}: {(int)response.StatusCode} {text}");
                }
            }
        }

        Assert.True(tried > 15, $"only {tried} routes were tried");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Body_BeyondTheLimit_Is413BeforeItIsRead()
    {
        await using var real = await RealServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = Spaces(4 * 1024 * 1024 + 1) };

        // The body follows when the server asks for it, which it does not.
        request.Headers.ExpectContinue = true;
        using var response = await real.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.True(IsCleanProblem(response, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Body_WithoutALength_IsCutOffAtTheLimit()
    {
        await using var real = await RealServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = Spaces(4 * 1024 * 1024 + 1) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await real.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    /// <summary>Nothing that a reader of JSON would stop at.</summary>
    private static ByteArrayContent Spaces(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        return new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
    }

    private static bool IsCleanProblem(HttpResponseMessage response, string text)
        => response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && JsonDocument.Parse(text).RootElement.TryGetProperty("traceId", out _)
            && !text.Contains("   at ", StringComparison.Ordinal)
            && !text.Contains("Exception", StringComparison.Ordinal);
}
