using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.Doubles;

/// <summary>An app that hosts actors and the double of its sidecar, which passes calls to it and keeps state.</summary>
public sealed class ActorMesh : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _state = new();
    private readonly SidecarDouble _sidecar;
    private WebApplication? _app;

    private ActorMesh(SidecarDouble sidecar) => _sidecar = sidecar.Answers(AnswerAsync);

    /// <summary>The app, as its sidecar reaches it.</summary>
    public HttpClient App { get; } = new();

    public ActorProxyFactory Proxies { get; private set; } = null!;

    public IReadOnlyList<RecordedRequest> SidecarRequests => _sidecar.Requests;

    public IReadOnlyDictionary<string, string> State => _state;

    public bool DropsUnknownHeaders { get; set; }

    public bool RefusesState { get; set; }

    public string? Reminder { get; set; }

    public static async Task<ActorMesh> StartAsync(Action<ActorRuntimeOptions> configure, Action<IServiceCollection>? services = null)
    {
        var mesh = new ActorMesh(await SidecarDouble.StartAsync());
        var builder = LoopbackServer.CreateBuilder();
        services?.Invoke(builder.Services);
        builder.Services.AddActors(options =>
        {
            options.HttpEndpoint = mesh._sidecar.Endpoint.AbsoluteUri;
            configure(options);
        });
        mesh._app = builder.Build();
        mesh._app.MapActorsHandlers();
        mesh.App.BaseAddress = await mesh._app.StartAtFreePortAsync();
        mesh.Proxies = new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = mesh._sidecar.Endpoint.AbsoluteUri });
        return mesh;
    }

    public TActor Proxy<TActor>(string actorType, string id = "one")
        where TActor : IActor
        => Proxies.CreateActorProxy<TActor>(new ActorId(id), actorType);

    public async Task<HttpResponseMessage> PutAsync(string path, string? body = null)
        => await App.PutAsync(new Uri(path, UriKind.Relative), body is null ? null : new StringContent(body, new MediaTypeHeaderValue("application/json")));

    public async ValueTask DisposeAsync()
    {
        App.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await _sidecar.DisposeAsync();
    }

    private async Task AnswerAsync(RecordedRequest request, HttpResponse response)
    {
        var parts = request.Target.Split('/')[3..];
        var actor = $"{parts[0]}/{parts[1]}";
        switch (request.Method, parts[2])
        {
            case ("PUT", "method"):
                await PassOnAsync(request, response);
                break;
            case ("GET", "state") when _state.TryGetValue($"{actor}/{parts[3]}", out var value):
                await response.WriteAsync(value);
                break;
            case ("POST", "state") when RefusesState:
                response.StatusCode = 500;
                await response.WriteAsync("""{"errorCode":"ERR_ACTOR_STATE_TRANSACTION_SAVE","message":"disk full"}""");
                break;
            case ("POST", "state"):
                Apply(actor, request.Json!.AsArray());
                response.StatusCode = 204;
                break;
            case ("GET", "reminders") when Reminder is not null:
                await response.WriteAsync(Reminder);
                break;
            case ("GET", "reminders"):
                response.StatusCode = 404;
                break;
            default:
                response.StatusCode = 204;
                break;
        }
    }

    private async Task PassOnAsync(RecordedRequest request, HttpResponse response)
    {
        using var call = new HttpRequestMessage(HttpMethod.Put, request.Target["/v1.0".Length..]);
        if (request.Body.Length > 0)
        {
            call.Content = new ByteArrayContent(request.Body);
            call.Content.Headers.TryAddWithoutValidation("Content-Type", request.Header("Content-Type"));
        }

        foreach (var (name, value) in request.Headers.Where(static h => h.Key.StartsWith("X-", StringComparison.Ordinal) || h.Key == "Dapr-Reentrancy-Id"))
        {
            call.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await App.SendAsync(call);
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            response.StatusCode = 500;
            await response.WriteAsJsonAsync(new { errorCode = "ERR_ACTOR_INVOKE_METHOD", message = $"error invoke actor method: error from actor service: ({(int)answer.StatusCode}) {body}" });
            return;
        }

        foreach (var header in answer.Headers.Where(h => !DropsUnknownHeaders && h.Key.StartsWith("X-", StringComparison.Ordinal)))
        {
            response.Headers[header.Key] = header.Value.ToArray();
        }

        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await response.WriteAsync(body);
    }

    private void Apply(string actor, JsonArray operations)
    {
        foreach (var operation in operations)
        {
            var key = $"{actor}/{operation!["request"]!["key"]}";
            if ((string?)operation["operation"] == "upsert")
            {
                _state[key] = JsonSerializer.Serialize(operation["request"]!["value"]);
            }
            else
            {
                _state.TryRemove(key, out _);
            }
        }
    }
}
