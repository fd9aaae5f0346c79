using System.Net;
using System.Text.Json;

namespace Dapr.Actors;

/// <summary>The actor part of the sidecar's HTTP API.</summary>
internal sealed class ActorSidecar(SidecarHttp sidecar)
{
    private const string Actors = "v1.0/actors";

    /// <summary>Calls a method. A typed proxy reads the error that the method threw; everybody else gets the sidecar's.</summary>
    public async Task<HttpResponseMessage> InvokeAsync(string actorType, ActorId actorId, string method, ReadOnlyMemory<byte>? body, bool isTyped, CancellationToken cancellationToken)
    {
        var path = new SidecarPath(Actors, actorType).Segment(actorId.GetId()).Segment("method").Segment(method).ToString();
        using var request = sidecar.CreateRequest(HttpMethod.Put, path, body is { } bytes ? SidecarHttp.Json(bytes) : null);
        if (isTyped)
        {
            request.Headers.TryAddWithoutValidation(ActorWire.RequestHeader, ActorWire.RequestHeaderValue);
        }

        if (ActorReentrancyContext.Current is { } chain)
        {
            request.Headers.TryAddWithoutValidation(ActorReentrancyContext.Header, chain);
        }

        var response = await sidecar.SendCheckedAsync(request, $"Invoking {method} of the actor {actorType}/{actorId}", cancellationToken).ConfigureAwait(false);
        if (isTyped && IsError(response))
        {
            using (response)
            {
                throw await ReadErrorAsync(response, $"{actorType}/{actorId}", method, cancellationToken).ConfigureAwait(false);
            }
        }

        return response;
    }

    public async Task<HttpResponseMessage?> GetStateAsync(string actorType, ActorId actorId, string key, CancellationToken cancellationToken)
    {
        var path = new SidecarPath(Actors, actorType).Segment(actorId.GetId()).Segment("state").Segment(key).ToString();
        using var request = sidecar.CreateRequest(HttpMethod.Get, path);
        var response = await sidecar.SendCheckedAsync(request, $"Reading the state {key} of the actor {actorType}/{actorId}", cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.NoContent && response.Content.Headers.ContentLength != 0)
        {
            return response;
        }

        response.Dispose();
        return null;
    }

    public Task SaveStateAsync(string actorType, ActorId actorId, ReadOnlyMemory<byte> operations, CancellationToken cancellationToken)
        => ExecuteAsync(HttpMethod.Post, actorType, actorId, "state", null, operations, "Saving the state", cancellationToken);

    public Task RegisterAsync(string kind, string actorType, ActorId actorId, string name, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        => ExecuteAsync(HttpMethod.Post, actorType, actorId, kind, name, body, $"Registering {name} in the {kind}", cancellationToken);

    public Task UnregisterAsync(string kind, string actorType, ActorId actorId, string name, CancellationToken cancellationToken = default)
        => ExecuteAsync(HttpMethod.Delete, actorType, actorId, kind, name, null, $"Removing {name} from the {kind}", cancellationToken);

    public async Task<JsonDocument?> GetReminderAsync(string actorType, ActorId actorId, string name, CancellationToken cancellationToken = default)
    {
        var operation = $"Reading the reminder {name} of the actor {actorType}/{actorId}";
        var path = new SidecarPath(Actors, actorType).Segment(actorId.GetId()).Segment("reminders").Segment(name).ToString();
        using var request = sidecar.CreateRequest(HttpMethod.Get, path);
        using var response = await sidecar.SendAsync(request, operation, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent)
        {
            return null;
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(body) : throw SidecarErrors.FromBody(response.StatusCode, body, operation);
    }

    private async Task ExecuteAsync(HttpMethod verb, string actorType, ActorId actorId, string part, string? name, ReadOnlyMemory<byte>? body, string operation, CancellationToken cancellationToken)
    {
        var path = new SidecarPath(Actors, actorType).Segment(actorId.GetId()).Segment(part);
        if (name is not null)
        {
            path = path.Segment(name);
        }

        using var request = sidecar.CreateRequest(verb, path.ToString(), body is { } bytes ? SidecarHttp.Json(bytes) : null);
        await sidecar.ExecuteAsync(request, $"{operation} of the actor {actorType}/{actorId}", cancellationToken).ConfigureAwait(false);
    }

    private static bool IsError(HttpResponseMessage response)
        => response.Headers.NonValidated.Contains(ActorWire.ErrorHeader)
            || response.Content.Headers.ContentType?.MediaType == ActorWire.ErrorContentType;

    private static async Task<ActorMethodInvocationException> ReadErrorAsync(HttpResponseMessage response, string actor, string method, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        ActorError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, ActorJson.Default.ActorError);
        }
        catch (JsonException)
        {
            // Another kind of host: its words are quoted below.
        }

        var message = error?.Message ?? System.Text.Encoding.UTF8.GetString(body);
        return new ActorMethodInvocationException(
            $"{method} of the actor {actor} failed: {message}",
            new ActorInvokeException(error?.ExceptionType ?? "", message),
            isTransient: false);
    }
}
