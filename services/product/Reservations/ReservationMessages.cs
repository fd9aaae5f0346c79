using FluentValidation;
using Tandem.Product.Catalog;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Reservations;

/// <summary>What an order wants set aside.</summary>
internal sealed record ReservationRequest(string? OrderId, IReadOnlyList<ReservationRequest.Item>? Items)
{
    public sealed record Item(int ProductId, int Quantity);

    internal sealed class Validator : AbstractValidator<ReservationRequest>
    {
        private const int MostItems = 200;

        public Validator()
        {
            RuleFor(static request => request.OrderId).Must(Ids.IsValid).WithMessage("Expected the order's id.");
            RuleFor(static request => request.Items).NotEmpty().Must(static items => items is null || items.Count <= MostItems).WithMessage($"Expected 1 to {MostItems} items.");
            RuleForEach(static request => request.Items).NotNull().ChildRules(static item =>
            {
                item.RuleFor(static line => line.ProductId).GreaterThan(0);
                item.RuleFor(static line => line.Quantity).InclusiveBetween(1, ProductRequest.LargestStock);
            });
        }
    }
}

/// <summary>A reservation as services see it.</summary>
internal sealed record ReservationResponse(
    string OrderId, ReservationStatus Status, IReadOnlyList<ReservationItem> Items, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static ReservationResponse From(Reservation reservation)
        => new(reservation.OrderId, reservation.Status, reservation.Items, reservation.CreatedAt, reservation.ExpiresAt);
}

/// <summary>A product of which there is too little.</summary>
/// <param name="Name">Nothing when there is no such product (any more).</param>
internal sealed record Shortage(int ProductId, string? Name, int Requested, int Available);
