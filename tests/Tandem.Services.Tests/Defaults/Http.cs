using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>Short ways to ask a service and to look at what it answers.</summary>
internal static class Http
{
    public static Uri At(string path) => new(path, UriKind.Relative);

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object? body = null)
        => client.PostAsync(At(path), body is null ? null : JsonContent.Create(body, options: ServiceJson.Options));

    public static Task<HttpResponseMessage> PutAsync(this HttpClient client, string path, object body)
        => client.PutAsync(At(path), JsonContent.Create(body, options: ServiceJson.Options));

    /// <summary>The body, when the status is the expected one.</summary>
    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"Expected {(int)expected}, got {(int)response.StatusCode}: {text}");
        response.Dispose();
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
    }

    public static async Task<JsonElement> GetAsync(this HttpClient client, string path, HttpStatusCode expected)
        => await (await client.GetAsync(At(path))).ReadAsync(expected);

    public static async Task<JsonElement> PostAsync(this HttpClient client, string path, object? body, HttpStatusCode expected)
        => await (await client.PostAsync(path, body)).ReadAsync(expected);

    public static async Task<JsonElement> PutAsync(this HttpClient client, string path, object body, HttpStatusCode expected)
        => await (await client.PutAsync(path, body)).ReadAsync(expected);

    public static async Task<JsonElement> DeleteAsync(this HttpClient client, string path, HttpStatusCode expected)
        => await (await client.DeleteAsync(At(path))).ReadAsync(expected);

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();
}
