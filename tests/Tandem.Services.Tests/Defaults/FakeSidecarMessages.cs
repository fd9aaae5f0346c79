using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>An event as the sidecar got it.</summary>
public sealed record PublishedEvent(string Topic, string Id, string Type, string Subject, JsonElement Data)
{
    /// <summary>The bytes as they came.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>The publisher's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public TEvent As<TEvent>()
        where TEvent : IntegrationEvent
        => Data.Deserialize<TEvent>(ServiceJson.Options)!;
}

/// <summary>A call of another service.</summary>
public sealed record InvokedRequest(string AppId, string Method, string Path, string Query, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public T As<T>() => JsonSerializer.Deserialize<T>(Body, ServiceJson.Options)!;
}

/// <summary>What another service answers.</summary>
public sealed record InvokedAnswer(int Status, string? Body = null, string ContentType = "application/json")
{
    public static InvokedAnswer NotFound { get; } = new(404);

    public static InvokedAnswer Json(object body, int status = 200) => new(status, JsonSerializer.Serialize(body, ServiceJson.Options));
}

/// <summary>An operation of a binding.</summary>
public sealed record BoundRequest(string Binding, string Operation, byte[] Data, IReadOnlyDictionary<string, string> Metadata);
