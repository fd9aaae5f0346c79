using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Baskets;

/// <summary>
/// Dapr's actor API in front of a fake sidecar, on a real port: turns one at a time for each actor, state, and reminders that fire when a test
/// says so.
/// </summary>
internal sealed class FakeActors(FakeSidecar sidecar, Func<HttpClient> createAppClient) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonElement> _state = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _reminders = new(StringComparer.Ordinal);
    private readonly HttpClient _behind = new();
    private WebApplication? _app;

    public string Address => _app?.Urls.First() ?? throw new InvalidOperationException("The fake was not started.");

    /// <summary>While set, no actor can save its state.</summary>
    public bool IsStoreDown { get; set; }

    public bool HasReminder(string actorId, string name) => _reminders.ContainsKey($"{actorId}/{name}");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Map("/v1.0/actors/{type}/{id}/method/{method}", InvokeAsync);
        app.MapGet("/v1.0/actors/{type}/{id}/state/{key}", (string id, string key)
            => _state.TryGetValue($"{id}/{key}", out var value) ? Results.Json(value) : Results.NoContent());
        app.MapMethods("/v1.0/actors/{type}/{id}/state", ["POST", "PUT"], SaveAsync);
        app.MapMethods("/v1.0/actors/{type}/{id}/reminders/{name}", ["POST", "PUT"], RegisterAsync);
        app.MapDelete("/v1.0/actors/{type}/{id}/reminders/{name}", (string id, string name) =>
        {
            _reminders.TryRemove($"{id}/{name}", out _);
            return Results.NoContent();
        });
        app.MapFallback("{**path}", ForwardAsync);
        await app.StartAsync();
        _app = app;
    }

    /// <summary>Fires a reminder and answers whether its turn went well.</summary>
    public async Task<bool> FireAsync(string actorId, string name)
    {
        Assert.True(_reminders.TryGetValue($"{actorId}/{name}", out var body), $"There is no reminder {name}.");
        using var app = createAppClient();
        using var response = await TurnAsync(actorId, () => app.PutAsync(
            new Uri($"/actors/Basket/{actorId}/method/remind/{name}", UriKind.Relative), new StringContent(body, null, "application/json")));
        return response.IsSuccessStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _behind.Dispose();
        if (_app is { } app)
        {
            await app.DisposeAsync();
        }
    }

    private async Task<HttpResponseMessage> TurnAsync(string actorId, Func<Task<HttpResponseMessage>> turn)
    {
        var gate = _turns.GetOrAdd(actorId, static _ => new SemaphoreSlim(1));
        await gate.WaitAsync();
        try
        {
            return await turn();
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task InvokeAsync(HttpContext context, string type, string id, string method)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var app = createAppClient();
        using var response = await TurnAsync(id, () => app.PutAsync(
            new Uri($"/actors/{type}/{id}/method/{method}", UriKind.Relative), new ByteArrayContent(body.ToArray())));
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var header in response.Headers.Where(static header => header.Key.StartsWith("X-Dapr", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[header.Key] = header.Value.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body);
    }

    private async Task<IResult> SaveAsync(HttpContext context, string id)
    {
        if (IsStoreDown)
        {
            return Results.Json(new { errorCode = "ERR_ACTOR_STATE_TRANSACTION_SAVE", message = "the store is down" }, statusCode: 500);
        }

        using var operations = await JsonDocument.ParseAsync(context.Request.Body);
        foreach (var operation in operations.RootElement.EnumerateArray())
        {
            var request = operation.GetProperty("request");
            var key = $"{id}/{request.GetProperty("key").GetString()}";
            if (operation.GetProperty("operation").GetString() == "upsert")
            {
                _state[key] = request.GetProperty("value").Clone();
            }
            else
            {
                _state.TryRemove(key, out _);
            }
        }

        return Results.NoContent();
    }

    private async Task<IResult> RegisterAsync(HttpContext context, string id, string name)
    {
        using var reader = new StreamReader(context.Request.Body);
        _reminders[$"{id}/{name}"] = await reader.ReadToEndAsync();
        return Results.NoContent();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), sidecar.Address + context.Request.Path + context.Request.QueryString)
        {
            Content = new StreamContent(context.Request.Body),
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            _ = name.StartsWith("Content", StringComparison.OrdinalIgnoreCase)
                ? request.Content.Headers.TryAddWithoutValidation(name, values.ToArray())
                : name is "dapr-app-id" && request.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        using var response = await _behind.SendAsync(request);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.StatusCode != System.Net.HttpStatusCode.NoContent)
        {
            await response.Content.CopyToAsync(context.Response.Body);
        }
    }
}
