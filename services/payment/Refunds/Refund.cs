namespace Tandem.Payment;

/// <summary>Money on its way back; open until the provider has carried it out.</summary>
internal sealed record Refund
{
    public required string Id { get; init; }

    public required string PaymentId { get; init; }

    public required decimal Amount { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
