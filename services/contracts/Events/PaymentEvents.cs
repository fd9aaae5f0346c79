namespace Tandem.Contracts.Events;

/// <summary>Something happened to a payment; topic <see cref="Topics.Payments"/>.</summary>
public abstract record PaymentEvent : IntegrationEvent
{
    public required string PaymentId { get; init; }

    public string? OrderId { get; init; }

    public required string UserId { get; init; }

    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    public string? Reason { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => PaymentId;

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.Payments;
}

public sealed record PaymentCompleted : PaymentEvent;

public sealed record PaymentFailed : PaymentEvent;

public sealed record PaymentRefunded : PaymentEvent;
