namespace Tandem.Payment;

/// <summary>A payment as clients see it. The token stays inside.</summary>
internal sealed record PaymentResponse
{
    public required string Id { get; init; }

    public required string UserId { get; init; }

    public string? OrderId { get; init; }

    public string? BasketId { get; init; }

    public required decimal Amount { get; init; }

    public required decimal RefundedAmount { get; init; }

    public required string Currency { get; init; }

    public required PaymentStatus Status { get; init; }

    public required string Method { get; init; }

    public required string Provider { get; init; }

    public string? ProviderId { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<PaymentItem> Items { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public string? FailureReason { get; init; }

    public static PaymentResponse From(Payment payment) => new()
    {
        Id = payment.Id,
        UserId = payment.UserId,
        OrderId = payment.OrderId,
        BasketId = payment.BasketId,
        Amount = payment.Amount,
        RefundedAmount = payment.RefundedAmount,
        Currency = payment.Currency,
        Status = payment.Status,
        Method = payment.Method,
        Provider = payment.Provider,
        ProviderId = payment.ProviderId,
        Description = payment.Description,
        Metadata = payment.Metadata,
        Items = payment.Items,
        CreatedAt = payment.CreatedAt,
        UpdatedAt = payment.UpdatedAt,
        ProcessedAt = payment.ProcessedAt,
        ExpiresAt = payment.ExpiresAt,
        FailureReason = payment.FailureReason,
    };
}
