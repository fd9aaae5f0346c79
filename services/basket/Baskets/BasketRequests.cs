using FluentValidation;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary><c>POST /baskets</c>.</summary>
internal sealed record CreateBasketRequest(string? UserId)
{
    internal sealed class Validator : AbstractValidator<CreateBasketRequest>
    {
        public Validator() => RuleFor(static request => request.UserId).Must(Ids.IsValid).WithMessage("The id of a user is required.");
    }
}

/// <summary><c>POST /baskets/{userId}/items</c>.</summary>
internal sealed record AddItemRequest(int? ProductId, int? Quantity)
{
    internal sealed class Validator : AbstractValidator<AddItemRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.ProductId).NotNull().GreaterThan(0);
            RuleFor(static request => request.Quantity).NotNull().InclusiveBetween(1, Basket.MostOfOne);
        }
    }
}

/// <summary><c>PUT /baskets/{userId}/items/{productId}</c>.</summary>
internal sealed record SetQuantityRequest(int? Quantity)
{
    internal sealed class Validator : AbstractValidator<SetQuantityRequest>
    {
        public Validator() => RuleFor(static request => request.Quantity).NotNull().InclusiveBetween(1, Basket.MostOfOne);
    }
}

/// <summary><c>POST /baskets/{userId}/checkout</c>, for the order service.</summary>
internal sealed record CheckOutRequest(string? OrderId, IReadOnlyList<OrderedItem>? Items)
{
    internal sealed class Validator : AbstractValidator<CheckOutRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.OrderId).Must(Ids.IsValid).WithMessage("The id of an order is required.");
            RuleFor(static request => request.Items).NotEmpty();
            RuleForEach(static request => request.Items).NotNull()
                .ChildRules(static item => item.RuleFor(static line => line.Quantity).GreaterThan(0));
        }
    }
}
