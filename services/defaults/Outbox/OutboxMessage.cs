namespace Tandem.ServiceDefaults;

/// <summary>A row of the outbox.</summary>
internal sealed class OutboxMessage
{
    public long Position { get; init; }

    public string Id { get; init; } = "";

    public string Topic { get; init; } = "";

    public string Type { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Data { get; init; } = "";

    public string? Traceparent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
