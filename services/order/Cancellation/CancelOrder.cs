using FluentValidation;

namespace Tandem.Order;

/// <summary>Why an order is cancelled, for its history and those who are told.</summary>
internal sealed record CancelOrderRequest(string? Reason)
{
    internal sealed class Validator : AbstractValidator<CancelOrderRequest>
    {
        public Validator() => RuleFor(static request => request.Reason).MaximumLength(500);
    }
}

/// <summary>
/// <c>POST /orders/{id}/cancel</c>: turns the saga back, and waits a moment for it, because mostly money and stock are back at once.
/// </summary>
internal sealed class CancelOrder(OrderStore orders, OrderWatch watch, SagaQueue queue, TimeProvider time)
{
    private const string DefaultReason = "cancelled_by_customer";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<Decision?> HandleAsync(string id, string? reason, CancellationToken cancellationToken)
    {
        var decision = await orders.ChangeAsync(
            id,
            order => order.Cancel(string.IsNullOrWhiteSpace(reason) ? DefaultReason : reason, time.Now()),
            cancellationToken);
        if (decision is not { IsRefused: false })
        {
            return decision;
        }

        queue.Signal(id);
        return await WaitForEndAsync(id, cancellationToken) is { } order ? order : decision;
    }

    private async Task<Order?> WaitForEndAsync(string id, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            var changed = watch.NextAsync(id);
            var order = await orders.FindAsync(id, cancellationToken);
            if (order is null or { IsFinal: true })
            {
                return order;
            }

            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return order;
            }
        }
    }
}
