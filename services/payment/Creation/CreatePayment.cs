using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary><c>POST /payments</c>: finds out what is to be paid and stores a pending payment.</summary>
internal sealed class CreatePayment(
    PaymentStore payments, IBasketReader baskets, OrderClient orders, IPaymentProvider provider, Idempotency idempotency, TimeProvider time)
{
    private const string DefaultCurrency = "USD";

    public async Task<Results<Created<PaymentResponse>, Ok<PaymentResponse>, ProblemHttpResult>> HandleAsync(
        CreatePaymentRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!user.CanActFor(request.UserId!))
        {
            return Problems.Forbidden("A payment can only be made for oneself.");
        }

        var (purchase, problem) = request switch
        {
            { OrderId: { } orderId } => await OfOrderAsync(orderId, request, user, cancellationToken),
            { BasketId: { } basketId } => await OfBasketAsync(basketId, request, cancellationToken),
            _ => (new Purchase(request.Amount!.Value, request.Currency ?? DefaultCurrency, request.Items ?? []), null),
        };
        if (purchase is null)
        {
            return problem!;
        }

        var created = NewPayment(request, purchase);
        var answer = TypedResults.Created($"/payments/{created.Id}", PaymentResponse.From(created));
        var stored = await payments.AddAsync(
            created,
            tx => idempotency.RememberAsync(tx, answer.StatusCode, answer.Location, answer.Value, cancellationToken),
            cancellationToken);
        if (ReferenceEquals(stored, created))
        {
            return answer;
        }

        // The order has its payment already. For the order service, which repeats what it is not sure of, that is the answer.
        return user.IsService() && stored.UserId == created.UserId && stored.Amount == created.Amount && stored.Currency == created.Currency
            ? TypedResults.Ok(PaymentResponse.From(stored))
            : Problems.Conflict($"Order {stored.OrderId} has a payment already.");
    }

    private async Task<(Purchase? Purchase, ProblemHttpResult? Problem)> OfOrderAsync(
        string orderId, CreatePaymentRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (user.IsService() && request.Amount is { } amount)
        {
            return (new Purchase(amount, request.Currency ?? DefaultCurrency, request.Items ?? []), null);
        }

        if (request.Amount is not null)
        {
            return (null, Problems.Validation("amount", "What an order costs is known: leave the amount out."));
        }

        if (await orders.FindAsync(orderId, cancellationToken) is not { } order || order.UserId != request.UserId)
        {
            return (null, Problems.NotFound("Order", orderId));
        }

        return order.IsPayable
            ? (new Purchase(order.Total, order.Currency, order.Items), null)
            : (null, Problems.Conflict($"The order is {order.Status}: it does not wait for a payment."));
    }

    private async Task<(Purchase? Purchase, ProblemHttpResult? Problem)> OfBasketAsync(
        string basketId, CreatePaymentRequest request, CancellationToken cancellationToken)
    {
        if (request.Amount is not null)
        {
            return (null, Problems.Validation("amount", "What a basket costs is known: leave the amount out."));
        }

        // A basket's id is its user's.
        if (basketId != request.UserId)
        {
            return (null, Problems.NotFound("Basket", basketId));
        }

        var purchase = await baskets.GetAsync(basketId, cancellationToken);
        return purchase.Amount > 0 ? (purchase, null) : (null, Problems.Conflict("The basket is empty."));
    }

    private Payment NewPayment(CreatePaymentRequest request, Purchase purchase)
    {
        var now = time.Now();
        return new Payment
        {
            Id = Ids.New(now),
            UserId = request.UserId!,
            OrderId = request.OrderId,
            BasketId = request.BasketId,
            Amount = Stored.Amount(Stored.Cents(purchase.Amount)),
            Currency = purchase.Currency,
            Method = request.Method!,
            Token = request.Token,
            Provider = provider.Name,
            Description = request.Description,
            Metadata = request.Metadata ?? [],
            Items = purchase.Items,
            CreatedAt = now,
            UpdatedAt = now,
            ExpiresAt = now + Payment.Lifetime,
        };
    }
}
