using FluentValidation;

namespace Tandem.Payment;

/// <summary>Asks for money back; without an amount, for all that is left.</summary>
internal sealed record RefundRequest(decimal? Amount, string? Reason)
{
    internal sealed class Validator : AbstractValidator<RefundRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.Amount).GreaterThan(0).PrecisionScale(9, 2, ignoreTrailingZeros: true);
            RuleFor(static request => request.Reason).MaximumLength(500).Must(static text => !CardNumbers.Holds(text)).WithMessage("This seems to hold a card number.");
        }
    }
}
