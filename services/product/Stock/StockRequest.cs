using FluentValidation;
using Tandem.Product.Catalog;

namespace Tandem.Product.Stock;

/// <summary>How much there is, or how much more or less: one of the two.</summary>
internal sealed record StockRequest(int? Quantity, int? Delta)
{
    internal sealed class Validator : AbstractValidator<StockRequest>
    {
        public Validator()
        {
            RuleFor(static stock => stock.Quantity).InclusiveBetween(0, ProductRequest.LargestStock);
            RuleFor(static stock => stock.Delta).InclusiveBetween(-ProductRequest.LargestStock, ProductRequest.LargestStock);
            RuleFor(static stock => stock.Quantity)
                .Must(static (stock, quantity) => quantity is null != stock.Delta is null)
                .WithMessage("Expected either quantity or delta.");
        }
    }
}
