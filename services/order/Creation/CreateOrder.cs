using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>
/// <c>POST /orders</c>: finds out what is ordered and what it costs now, stores the order with its first event and wakes its saga.
/// </summary>
internal sealed class CreateOrder(
    OrderStore orders,
    ProductClient products,
    BasketClient baskets,
    Database database,
    Idempotency idempotency,
    SagaQueue queue,
    IOptions<SagaOptions> saga,
    TimeProvider time)
{
    public async Task<Results<Accepted<OrderResponse>, ProblemHttpResult>> HandleAsync(
        CreateOrderRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!user.CanActFor(request.UserId!))
        {
            return Problems.Forbidden("An order can only be placed for oneself.");
        }

        var wanted = request.Items ?? await baskets.GetAsync(request.UserId!, cancellationToken);
        if (wanted.Count == 0)
        {
            return Problems.Conflict("The basket is empty.");
        }

        var lines = wanted.GroupBy(static item => item.ProductId).Select(static group => new RequestedItem(group.Key, group.Sum(static item => item.Quantity))).ToArray();
        var offers = await Task.WhenAll(lines.Select(line => products.FindAsync(line.ProductId, cancellationToken)));
        var problem = Check(request, lines, offers);
        if (problem is not null)
        {
            return problem;
        }

        var order = NewOrder(request, lines, offers!);
        var answer = TypedResults.Accepted($"/orders/{order.Id}", OrderResponse.From(order));
        await database.WriteAsync(
            async tx =>
            {
                await orders.AddAsync(tx, order, cancellationToken);
                await idempotency.RememberAsync(tx, answer.StatusCode, answer.Location, answer.Value, cancellationToken);
            },
            cancellationToken);
        queue.Signal(order.Id);
        return answer;
    }

    private static ProblemHttpResult? Check(CreateOrderRequest request, RequestedItem[] lines, ProductView?[] offers)
    {
        var unknown = lines.Where((_, index) => offers[index] is null).Select(static line => line.ProductId).ToHashSet();
        if (unknown.Count > 0 && request.Items is not { } items)
        {
            return Problems.Conflict($"The basket holds what is no longer sold: product {string.Join(", ", unknown)}.");
        }

        if (unknown.Count > 0)
        {
            return Problems.Validation(request.Items!
                .Select(static (item, index) => (item.ProductId, index))
                .Where(item => unknown.Contains(item.ProductId))
                .ToDictionary(static item => $"items[{item.index}].productId", static item => new[] { $"Product {item.ProductId} does not exist." }));
        }

        return offers.Select(static offer => offer!.Currency).Distinct(StringComparer.Ordinal).Count() > 1
            ? Problems.Conflict("The products have different currencies.")
            : null;
    }

    private Order NewOrder(CreateOrderRequest request, RequestedItem[] lines, ProductView[] offers)
    {
        var now = time.Now();
        OrderItem[] items = [.. lines.Zip(offers, static (line, offer) => new OrderItem(offer.Id, offer.Name, Stored.Amount(Stored.Cents(offer.Price)), line.Quantity))];
        var order = new Order
        {
            Id = Ids.New(now),
            UserId = request.UserId!,
            Items = items,
            Total = items.Sum(static item => item.Subtotal),
            Currency = offers[0].Currency,
            Status = OrderStatus.Pending,
            ShippingAddress = request.ShippingAddress!.ToAddress(),
            PaymentType = request.PaymentMethod!.Type!,
            PaymentToken = request.PaymentMethod.Token,
            IsFromBasket = request.Items is null,
            CreatedAt = now,
            UpdatedAt = now,
            Saga = new SagaState
            {
                LeaseOwner = saga.Value.Owner,
                LeaseUntil = now + saga.Value.Lease,
                TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
            },
        };
        return order.Place(now);
    }
}
