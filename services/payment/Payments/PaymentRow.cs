using System.Text.Json;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>A payment as the table holds it: whole cents, milliseconds since 1970, status by name.</summary>
internal sealed class PaymentRow
{
    public const string Columns =
        """
        id AS Id, user_id AS UserId, order_id AS OrderId, basket_id AS BasketId, amount_cents AS AmountCents, refunded_cents AS RefundedCents,
        currency AS Currency, status AS Status, method AS Method, token AS Token, provider AS Provider, provider_id AS ProviderId,
        description AS Description, metadata AS Metadata, items AS Items, failure_reason AS FailureReason, created_at AS CreatedAt,
        updated_at AS UpdatedAt, processed_at AS ProcessedAt, expires_at AS ExpiresAt, version AS Version
        """;

    public string Id { get; init; } = "";

    public string UserId { get; init; } = "";

    public string? OrderId { get; init; }

    public string? BasketId { get; init; }

    public long AmountCents { get; init; }

    public long RefundedCents { get; init; }

    public string Currency { get; init; } = "";

    public string Status { get; init; } = "";

    public string Method { get; init; } = "";

    public string? Token { get; init; }

    public string Provider { get; init; } = "";

    public string? ProviderId { get; init; }

    public string? Description { get; init; }

    public string Metadata { get; init; } = "{}";

    public string Items { get; init; } = "[]";

    public string? FailureReason { get; init; }

    public long CreatedAt { get; init; }

    public long UpdatedAt { get; init; }

    public long? ProcessedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long Version { get; init; }

    public static PaymentRow From(Payment payment) => new()
    {
        Id = payment.Id,
        UserId = payment.UserId,
        OrderId = payment.OrderId,
        BasketId = payment.BasketId,
        AmountCents = Stored.Cents(payment.Amount),
        RefundedCents = Stored.Cents(payment.RefundedAmount),
        Currency = payment.Currency,
        Status = Stored.Name(payment.Status),
        Method = payment.Method,
        Token = payment.Token,
        Provider = payment.Provider,
        ProviderId = payment.ProviderId,
        Description = payment.Description,
        Metadata = JsonSerializer.Serialize(payment.Metadata, ServiceJson.Options),
        Items = JsonSerializer.Serialize(payment.Items, ServiceJson.Options),
        FailureReason = payment.FailureReason,
        CreatedAt = Stored.Time(payment.CreatedAt),
        UpdatedAt = Stored.Time(payment.UpdatedAt),
        ProcessedAt = payment.ProcessedAt is { } processed ? Stored.Time(processed) : null,
        ExpiresAt = Stored.Time(payment.ExpiresAt),
        Version = payment.Version,
    };

    public Payment ToPayment() => new()
    {
        Id = Id,
        UserId = UserId,
        OrderId = OrderId,
        BasketId = BasketId,
        Amount = Stored.Amount(AmountCents),
        RefundedAmount = Stored.Amount(RefundedCents),
        Currency = Currency,
        Status = Stored.Status(Status),
        Method = Method,
        Token = Token,
        Provider = Provider,
        ProviderId = ProviderId,
        Description = Description,
        Metadata = JsonSerializer.Deserialize<Dictionary<string, string>>(Metadata, ServiceJson.Options) ?? [],
        Items = JsonSerializer.Deserialize<List<PaymentItem>>(Items, ServiceJson.Options) ?? [],
        FailureReason = FailureReason,
        CreatedAt = Stored.Time(CreatedAt),
        UpdatedAt = Stored.Time(UpdatedAt),
        ProcessedAt = ProcessedAt is { } processed ? Stored.Time(processed) : null,
        ExpiresAt = Stored.Time(ExpiresAt),
        Version = Version,
    };
}
