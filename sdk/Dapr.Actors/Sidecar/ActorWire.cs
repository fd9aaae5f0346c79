using System.Text.Json.Serialization;

namespace Dapr.Actors;

/// <summary>What a typed proxy and an actor's host say to each other beside the values.</summary>
internal static class ActorWire
{
    /// <summary>Says that the caller is a typed proxy, which reads errors from a success answer: the sidecar then does not repeat a method that threw.</summary>
    public const string RequestHeader = "X-DaprRequestHeader";
    public const string RequestHeaderValue = "{\"serialization\":\"json\"}";
    public const string ErrorHeader = "X-DaprErrorResponseHeader";

    /// <summary>Marks the error a second time, in case that something on the way drops headers that it does not know.</summary>
    public const string ErrorContentType = "application/problem+json";
}

/// <summary>What an actor's method threw. No stack trace: it belongs to the host's log.</summary>
internal sealed record ActorError(string Message, string ExceptionType);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ActorError))]
internal sealed partial class ActorJson : JsonSerializerContext;
