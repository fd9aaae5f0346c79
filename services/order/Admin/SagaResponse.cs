namespace Tandem.Order;

/// <summary>The inner life of one order's saga.</summary>
internal sealed record SagaResponse
{
    public required string OrderId { get; init; }

    public required string UserId { get; init; }

    public required OrderStatus OrderStatus { get; init; }

    public required SagaProgress State { get; init; }

    /// <summary>What is done next.</summary>
    public required SagaStep Step { get; init; }

    /// <summary>Why the saga turned back; nothing while it goes forward.</summary>
    public string? Reason { get; init; }

    /// <summary>How often the step failed.</summary>
    public required int Attempts { get; init; }

    public string? LastError { get; init; }

    /// <summary>When the step is tried next; nothing when there is none left.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Since when the step fails, or lies untouched; nothing unless the saga is stuck.</summary>
    public DateTimeOffset? StuckSince { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static SagaResponse From(Order order, TimeSpan stuckAfter, DateTimeOffset now)
    {
        var state = order.Saga.Progress(stuckAfter, now);
        return new SagaResponse
        {
            OrderId = order.Id,
            UserId = order.UserId,
            OrderStatus = order.Status,
            State = state,
            Step = order.Saga.Step,
            Reason = order.Saga.EndReason,
            Attempts = order.Saga.Attempts,
            LastError = order.Saga.LastError,
            NextAttemptAt = state == SagaProgress.Done ? null : order.Saga.NextAttemptAt,
            StuckSince = state == SagaProgress.Stuck ? order.Saga.TroubledSince : null,
            CreatedAt = order.CreatedAt,
            UpdatedAt = order.UpdatedAt,
        };
    }
}
