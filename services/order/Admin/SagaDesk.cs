using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>What operators do with sagas: look at them, and have one go on.</summary>
internal sealed partial class SagaDesk(
    OrderStore orders, SagaList sagas, SagaQueue queue, IOptions<SagaOptions> options, TimeProvider time, ILogger<SagaDesk> logger)
{
    private const string What = "The saga of order";

    public Task<Page<SagaResponse>> ListAsync(SagaProgress? state, PageRequest page, CancellationToken cancellationToken)
        => sagas.ListAsync(state, page, cancellationToken);

    public async Task<Results<Ok<SagaResponse>, ProblemHttpResult>> GetAsync(string orderId, CancellationToken cancellationToken)
        => Ids.IsValid(orderId) && await orders.FindAsync(orderId, cancellationToken) is { } order
            ? TypedResults.Ok(Describe(order))
            : Problems.NotFound(What, orderId);

    /// <summary>Has the saga's present step tried at once; the answer shows the saga as it is before that.</summary>
    public async Task<Results<Accepted<SagaResponse>, ProblemHttpResult>> ResumeAsync(string orderId, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var decision = Ids.IsValid(orderId)
            ? await orders.ChangeAsync(orderId, order => order.Resume(options.Value.StuckAfter, time.Now()), cancellationToken)
            : null;
        if (decision is not { } decided)
        {
            return Problems.NotFound(What, orderId);
        }

        if (decided.Refusal is { } refusal)
        {
            return Problems.Conflict(refusal);
        }

        var saga = decided.Order.Saga;
        Log.Resumed(logger, user.UserId(), orderId, saga.Step, saga.Attempts);
        queue.Signal(orderId);
        return TypedResults.Accepted($"/admin/sagas/{orderId}", Describe(decided.Order));
    }

    private SagaResponse Describe(Order order) => SagaResponse.From(order, options.Value.StuckAfter, time.Now());

    private static partial class Log
    {
        [LoggerMessage(8521, LogLevel.Information, "Admin {UserId} resumed the saga of order {OrderId} at {Step}, which had failed {Attempts} times")]
        public static partial void Resumed(ILogger logger, string userId, string orderId, SagaStep step, int attempts);
    }
}
