using FluentValidation;

namespace Tandem.Product.Catalog;

/// <summary>A product as an admin writes it.</summary>
/// <param name="StockQuantity">What can be sold; left out, a new product has none and an existing one keeps what it has.</param>
/// <param name="ImageUrl">Where the picture is; left out, it is the one that this service keeps or draws.</param>
internal sealed record ProductRequest(
    string? Name, string? Description, decimal? Price, string? Currency, string? Category, int? StockQuantity, string? ImageUrl)
{
    public const int LargestStock = 1_000_000;

    public string CurrencyOrDefault => Currency ?? "USD";

    internal sealed class Validator : AbstractValidator<ProductRequest>
    {
        public Validator()
        {
            RuleFor(static product => product.Name).NotEmpty().MaximumLength(200);
            RuleFor(static product => product.Description).MaximumLength(4000);
            RuleFor(static product => product.Price).NotNull().InclusiveBetween(0m, Catalog.Price.Largest);
            RuleFor(static product => product.Price)
                .Must(static price => Catalog.Price.HasTwoPlaces(price!.Value))
                .When(static product => product.Price is not null)
                .WithMessage("A price has at most two places.");
            RuleFor(static product => product.Currency).Matches("^[A-Z]{3}$").WithMessage("Expected an ISO 4217 code such as USD.");
            RuleFor(static product => product.Category).NotEmpty().MaximumLength(100);
            RuleFor(static product => product.StockQuantity).InclusiveBetween(0, LargestStock);
            RuleFor(static product => product.ImageUrl)
                .MaximumLength(2000)
                .Must(static url => url is null || IsPictureAddress(url))
                .WithMessage("Expected an http or https address, or a path that starts with a slash.");
        }

        private static bool IsPictureAddress(string url)
            => (url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal))
                || (Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp));
    }
}
