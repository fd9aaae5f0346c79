using System.Text.Json;

namespace Dapr.Actors.Client;

/// <summary>The way to one actor.</summary>
internal sealed record ActorChannel(ActorSidecar Sidecar, string ActorType, ActorId ActorId, JsonSerializerOptions Json)
{
    public async Task CallAsync(string method, ReadOnlyMemory<byte>? body, bool isTyped, CancellationToken cancellationToken)
    {
        using var response = await Sidecar.InvokeAsync(ActorType, ActorId, method, body, isTyped, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TResult> CallAsync<TResult>(string method, ReadOnlyMemory<byte>? body, bool isTyped, CancellationToken cancellationToken)
    {
        using var response = await Sidecar.InvokeAsync(ActorType, ActorId, method, body, isTyped, cancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return answer.Length == 0 ? default! : JsonSerializer.Deserialize<TResult>(answer, Json)!;
        }
        catch (JsonException failure)
        {
            throw new ActorMethodInvocationException($"{method} of the actor {ActorType}/{ActorId} answered something that is not a {typeof(TResult).Name}: {failure.Message}", failure, isTransient: false);
        }
    }
}
