using FluentValidation;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>
/// Asks for a payment of a basket, of an order or of an amount; the order service, which knows what its order costs, gives order and amount.
/// </summary>
internal sealed record CreatePaymentRequest
{
    public string? UserId { get; init; }

    public string? BasketId { get; init; }

    public string? OrderId { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    public string? Method { get; init; }

    public string? Token { get; init; }

    public string? Description { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public IReadOnlyList<PaymentItem>? Items { get; init; }

    internal sealed class Validator : AbstractValidator<CreatePaymentRequest>
    {
        private const decimal Largest = 1_000_000m;

        public Validator()
        {
            RuleFor(static request => request.UserId).Must(Ids.IsValid).WithMessage("The id of a user is required.");
            RuleFor(static request => request.OrderId).Must(Ids.IsValid).When(static request => request.OrderId is not null).WithMessage("This is not the id of an order.");
            RuleFor(static request => request.BasketId).Must(Ids.IsValid).When(static request => request.BasketId is not null).WithMessage("This is not the id of a basket.");
            RuleFor(static request => request.Amount).GreaterThan(0).LessThanOrEqualTo(Largest).PrecisionScale(9, 2, ignoreTrailingZeros: true);
            RuleFor(static request => request.Amount)
                .Must(static (request, _) => request.BasketId is null || request.OrderId is null)
                .WithName("basketId")
                .WithMessage("A payment is for a basket or for an order, not for both.");
            RuleFor(static request => request.Amount)
                .NotNull()
                .When(static request => request.BasketId is null && request.OrderId is null)
                .WithMessage("One of basketId, orderId and amount is required.");
            RuleFor(static request => request.Currency).Matches("^[A-Z]{3}$").WithMessage("A currency is an ISO 4217 code such as USD.");
            RuleFor(static request => request.Method).NotEmpty().Matches("^[a-z][a-z0-9_-]{0,31}$").WithMessage("A method is a short name such as card.");
            RuleFor(static request => request.Token).Cascade(CascadeMode.Stop)
                .NotEmpty()
                .MaximumLength(128)
                .Must(static token => !CardNumbers.LooksLikeCard(token!))
                .WithMessage("A card number is never accepted here: give the provider's token for it.");
            RuleFor(static request => request.Description).MaximumLength(500).Must(static text => !CardNumbers.Holds(text)).WithMessage("This seems to hold a card number.");
            RuleFor(static request => request.Metadata)
                .Must(static metadata => metadata is null || (metadata.Count <= 20 && metadata.All(static pair => pair.Key.Length <= 40 && pair.Value is { Length: <= 500 })))
                .WithMessage("At most 20 entries, keys up to 40 and values up to 500 characters.")
                .Must(static metadata => metadata is null || !metadata.Any(static pair => CardNumbers.Holds(pair.Key) || CardNumbers.Holds(pair.Value)))
                .WithMessage("This seems to hold a card number.");
            RuleFor(static request => request.Items).Must(static items => items is null || items.Count <= 100).WithMessage("At most 100 items.");
            RuleForEach(static request => request.Items).NotNull().ChildRules(static item =>
            {
                item.RuleFor(static line => line.Name).NotEmpty().MaximumLength(200).Must(static name => !CardNumbers.Holds(name)).WithMessage("This seems to hold a card number.");
                item.RuleFor(static line => line.Price).InclusiveBetween(0, Largest).PrecisionScale(9, 2, ignoreTrailingZeros: true);
                item.RuleFor(static line => line.Quantity).GreaterThan(0);
            });
        }
    }
}
