using FluentValidation;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>Asks for an order of these items or, without any, of the user's basket.</summary>
internal sealed record CreateOrderRequest
{
    public string? UserId { get; init; }

    public AddressRequest? ShippingAddress { get; init; }

    public PaymentMethodRequest? PaymentMethod { get; init; }

    public IReadOnlyList<RequestedItem>? Items { get; init; }

    internal sealed class Validator : AbstractValidator<CreateOrderRequest>
    {
        private const int MostLines = 100;

        public Validator()
        {
            RuleFor(static request => request.UserId).Must(Ids.IsValid).WithMessage("The id of a user is required.");
            RuleFor(static request => request.ShippingAddress).NotNull();
            RuleFor(static request => request.ShippingAddress!).SetValidator(new AddressRequest.Validator()).When(static request => request.ShippingAddress is not null);
            RuleFor(static request => request.PaymentMethod).NotNull();
            RuleFor(static request => request.PaymentMethod!).SetValidator(new PaymentMethodRequest.Validator()).When(static request => request.PaymentMethod is not null);
            RuleFor(static request => request.Items)
                .Must(static items => items is null || items.Count is > 0 and <= MostLines)
                .WithMessage($"An order has 1 to {MostLines} items; leave them out to order the basket.");
            RuleForEach(static request => request.Items).NotNull().ChildRules(static item =>
            {
                item.RuleFor(static line => line.ProductId).GreaterThan(0);
                item.RuleFor(static line => line.Quantity).InclusiveBetween(1, RequestedItem.MostOfOne);
            });
            RuleFor(static request => request.Items)
                .Must(static items => items!.GroupBy(static item => item.ProductId).All(static group => group.Sum(static item => (long)item.Quantity) <= RequestedItem.MostOfOne))
                .When(static request => request.Items is not null && request.Items.All(static item => item is not null))
                .WithMessage($"An order has at most {RequestedItem.MostOfOne} of a product.");
        }
    }
}

/// <summary>How many of a product are wanted.</summary>
internal sealed record RequestedItem(int ProductId, int Quantity)
{
    /// <summary>The most of one product in an order.</summary>
    public const int MostOfOne = 99;
}

/// <summary>Where the order goes.</summary>
internal sealed record AddressRequest(string? Name, string? Street, string? City, string? State, string? Zip, string? Country)
{
    public Address ToAddress() => new(Name!, Street!, City!, string.IsNullOrWhiteSpace(State) ? null : State, Zip!, Country!);

    internal sealed class Validator : AbstractValidator<AddressRequest>
    {
        public Validator()
        {
            RuleFor(static address => address.Name).NotEmpty().MaximumLength(100);
            RuleFor(static address => address.Street).NotEmpty().MaximumLength(200);
            RuleFor(static address => address.City).NotEmpty().MaximumLength(100);
            RuleFor(static address => address.State).MaximumLength(100);
            RuleFor(static address => address.Zip).NotEmpty().MaximumLength(20);
            RuleFor(static address => address.Country).NotEmpty().MaximumLength(60);
        }
    }
}

/// <summary>How the order is paid: never a card number, only the provider's token for it.</summary>
internal sealed record PaymentMethodRequest(string? Type, string? Token)
{
    internal sealed class Validator : AbstractValidator<PaymentMethodRequest>
    {
        private const int CardDigits = 12;

        public Validator()
        {
            RuleFor(static method => method.Type).NotEmpty().Matches("^[a-z][a-z0-9_-]{0,31}$").WithMessage("A type is a short name such as card.");
            RuleFor(static method => method.Token).Cascade(CascadeMode.Stop)
                .NotEmpty()
                .MaximumLength(128)
                .Must(static token => !LooksLikeCard(token!))
                .WithMessage("A card number is never accepted here: give the provider's token for it.");
        }

        // The payment service says the same; asked there alone, the customer would hear of it only after the order was accepted.
        private static bool LooksLikeCard(string token)
        {
            var run = 0;
            foreach (var c in token)
            {
                if (char.IsAsciiDigit(c))
                {
                    if (++run >= CardDigits)
                    {
                        return true;
                    }
                }
                else if (c is not (' ' or '-' or '.'))
                {
                    run = 0;
                }
            }

            return false;
        }
    }
}
