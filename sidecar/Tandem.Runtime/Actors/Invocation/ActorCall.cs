using Microsoft.AspNetCore.Http;

namespace Tandem.Runtime.Actors.Invocation;

/// <summary>A call of one method of one actor.</summary>
/// <param name="ActorType">The actor type.</param>
/// <param name="ActorId">The actor ID.</param>
/// <param name="Method">The method, without the app's path before it.</param>
public sealed record ActorCall(string ActorType, string ActorId, string Method)
{
    /// <summary>Which chain of calls this one belongs to, for actors that are reentrant.</summary>
    public const string ReentrancyHeader = "Dapr-Reentrancy-Id";

    /// <summary>The app ID of the sidecar that took the call.</summary>
    public const string CallerHeader = "dapr-caller-app-id";

    /// <summary>The argument.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The argument's content type.</summary>
    public string? ContentType { get; init; }

    /// <summary>The query with its question mark, or nothing.</summary>
    public string Query { get; init; } = "";

    /// <summary>The caller's headers; those that belong to the connection are left behind.</summary>
    public IHeaderDictionary? Headers { get; init; }

    /// <summary>Whose sidecar the call came in at; <see langword="null"/> for timers and reminders.</summary>
    public string? CallerAppId { get; init; }

    /// <summary>Whether another sidecar passed the call on: it is answered here or refused, never passed on again.</summary>
    public bool IsFromPeer { get; init; }

    /// <summary>The chain of calls, when the caller named one.</summary>
    public string? ReentrancyId => Headers is { } headers && headers.TryGetValue(ReentrancyHeader, out var id) && id.Count > 0 && id[0] is { Length: > 0 } first ? first : null;
}
