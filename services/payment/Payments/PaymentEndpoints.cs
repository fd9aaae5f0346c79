using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>The payments' routes.</summary>
internal static class PaymentEndpoints
{
    public static void MapPayments(this IEndpointRouteBuilder routes)
    {
        var payments = routes.MapGroup("/payments").WithTags("Payments").RequireAuthorization(Policies.UserOrService);
        payments.MapPost("/", Create).Validate<CreatePaymentRequest>().WithIdempotencyKey()
            .Describe("Makes a payment of a basket, an order or an amount; it stays pending until it is processed", StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        payments.MapGet("/", List).Validate<PageRequest>().Describe("Payments, the newest first");
        payments.MapGet("/{id}", Get).Describe("A payment");
        payments.MapPost("/{id}/process", Process).Describe("Has the provider take the money", StatusCodes.Status409Conflict);
        payments.MapPost("/{id}/cancel", Cancel).Describe("Calls a pending payment off", StatusCodes.Status409Conflict);
        payments.MapPost("/{id}/refund", Refund).Validate<RefundRequest>().WithIdempotencyKey()
            .Describe("Gives money back: an amount, or all that is left", StatusCodes.Status409Conflict);
        routes.MapGet("/users/{userId}/payments", ListOfUser)
            .Validate<PageRequest>().WithTags("Payments").RequireAuthorization(Policies.UserOrService).Describe("A user's payments, the newest first");
    }

    private static Task<Results<Created<PaymentResponse>, Ok<PaymentResponse>, ProblemHttpResult>> Create(
        CreatePaymentRequest request, CreatePayment handler, ClaimsPrincipal user, CancellationToken cancellationToken)
        => handler.HandleAsync(request, user, cancellationToken);

    private static async Task<Results<Ok<Page<PaymentResponse>>, ProblemHttpResult>> List(
        [AsParameters] PageRequest page, string? userId, string? orderId, string? status, PaymentDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        PaymentStatus? wanted = null;
        if (status is not null)
        {
            if (!Stored.TryStatus(status, out var parsed))
            {
                return Problems.Validation("status", $"The status {status} is not known.");
            }

            wanted = parsed;
        }

        return await desk.ListAsync(new PaymentFilter(userId, orderId, wanted), page, user, cancellationToken);
    }

    private static async Task<Results<Ok<Page<PaymentResponse>>, ProblemHttpResult>> ListOfUser(
        string userId, [AsParameters] PageRequest page, PaymentDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => Ids.IsValid(userId)
            ? await desk.ListAsync(new PaymentFilter(userId, null, null), page, user, cancellationToken)
            : Problems.NotFound("User", userId);

    private static Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Get(
        string id, PaymentDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => desk.GetAsync(id, user, cancellationToken);

    private static Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Process(
        string id, PaymentDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => desk.ProcessAsync(id, user, cancellationToken);

    private static Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Cancel(
        string id, PaymentDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
        => desk.CancelAsync(id, user, cancellationToken);

    private static Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Refund(
        string id,
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] RefundRequest? request,
        PaymentDesk desk,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
        => desk.RefundAsync(id, request, user, cancellationToken);
}
