using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>
/// What is done with payments when somebody asks, by HTTP or by gRPC, and who may: the payment's user, admins and other services. Requests are
/// validated before they come here. How a payment is made: <see cref="CreatePayment"/>.
/// </summary>
internal sealed class PaymentDesk(PaymentStore store, PaymentProcessor processor, RefundPayment refunds, TimeProvider time)
{
    private const string What = "Payment";

    /// <summary>The payments of one user, or of all for those who may see all; whoever may not sees their own without having to say so.</summary>
    public async Task<Results<Ok<Page<PaymentResponse>>, ProblemHttpResult>> ListAsync(
        PaymentFilter filter, PageRequest page, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (Malformed(filter) is { } malformed)
        {
            return Problems.Validation(malformed);
        }

        var owner = filter.UserId ?? (user.IsAdmin() || user.IsService() ? null : user.UserId());
        if (owner is not null && !user.CanActFor(owner))
        {
            return Problems.Forbidden("These are the payments of another user.");
        }

        var found = await store.ListAsync(filter with { UserId = owner }, page, cancellationToken);
        return TypedResults.Ok(found.Select(PaymentResponse.From));
    }

    public async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> GetAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (payment, problem) = await FindAsync(id, user, cancellationToken);
        return payment is null ? problem! : TypedResults.Ok(PaymentResponse.From(payment));
    }

    public async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> ProcessAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (payment, problem) = await FindAsync(id, user, cancellationToken);
        if (payment is null)
        {
            return problem!;
        }

        var answer = Answer(id, await processor.ProcessAsync(id, cancellationToken));
        return answer.Result is Ok<PaymentResponse> { Value.Status: PaymentStatus.Processing }
            ? Problems.Unavailable("The provider gives no decision at the moment; the payment goes on by itself.")
            : answer;
    }

    public async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> CancelAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (payment, problem) = await FindAsync(id, user, cancellationToken);
        return payment is null
            ? problem!
            : Answer(id, await store.ChangeAsync(id, current => current.Cancel(time.Now()), cancellationToken));
    }

    public async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> RefundAsync(
        string id, RefundRequest? request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (payment, problem) = await FindAsync(id, user, cancellationToken);
        if (payment is null)
        {
            return problem!;
        }

        // Otherwise one could have the goods and the money: an order gives both back together.
        if (payment.OrderId is { } orderId && !user.IsAdmin() && !user.IsService())
        {
            return Problems.Forbidden($"The payment belongs to order {orderId}: cancel the order to get the money back.");
        }

        return Answer(id, await refunds.HandleAsync(id, request?.Amount, request?.Reason, cancellationToken));
    }

    private static Dictionary<string, string[]>? Malformed(PaymentFilter filter)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (filter.UserId is { } userId && !Ids.IsValid(userId))
        {
            errors["userId"] = ["This is not the id of a user."];
        }

        if (filter.OrderId is { } orderId && !Ids.IsValid(orderId))
        {
            errors["orderId"] = ["This is not the id of an order."];
        }

        return errors.Count > 0 ? errors : null;
    }

    private async Task<(Payment? Payment, ProblemHttpResult? Problem)> FindAsync(string id, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(id) || await store.FindAsync(id, cancellationToken) is not { } payment)
        {
            return (null, Problems.NotFound(What, id));
        }

        return user.CanActFor(payment.UserId) ? (payment, null) : (null, Problems.Forbidden("This is the payment of another user."));
    }

    private static Results<Ok<PaymentResponse>, ProblemHttpResult> Answer(string id, Decision? decision) => decision switch
    {
        null => Problems.NotFound(What, id),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        { Payment: { } payment } => TypedResults.Ok(PaymentResponse.From(payment)),
    };
}
