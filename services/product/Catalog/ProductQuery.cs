using FluentValidation;

namespace Tandem.Product.Catalog;

/// <summary>What a list of products is narrowed by, and its order.</summary>
internal sealed record ProductQuery
{
    private static readonly Dictionary<string, string> Orders = new(StringComparer.Ordinal)
    {
        ["name"] = "LOWER(p.name), p.id",
        ["price"] = "p.price_minor, p.id",
        ["-price"] = "p.price_minor DESC, p.id",
        ["newest"] = "p.created_at DESC, p.id DESC",
    };

    public string? Category { get; init; }

    public string? Search { get; init; }

    public decimal? MinPrice { get; init; }

    public decimal? MaxPrice { get; init; }

    public string? Sort { get; init; }

    /// <summary>The order as SQL; without one, by id.</summary>
    internal string OrderBy => Sort is null ? "p.id" : Orders[Sort];

    internal sealed class Validator : AbstractValidator<ProductQuery>
    {
        public Validator()
        {
            RuleFor(static query => query.Sort)
                .Must(static sort => sort is null || Orders.ContainsKey(sort))
                .WithMessage($"Expected one of {string.Join(", ", Orders.Keys)}.");
            RuleFor(static query => query.Search).MaximumLength(200);
            RuleFor(static query => query.Category).MaximumLength(100);
            RuleFor(static query => query.MinPrice).InclusiveBetween(0m, Price.Largest);
            RuleFor(static query => query.MaxPrice).InclusiveBetween(0m, Price.Largest);
            RuleFor(static query => query.MaxPrice)
                .GreaterThanOrEqualTo(static query => query.MinPrice)
                .When(static query => query is { MinPrice: not null, MaxPrice: not null })
                .WithMessage("The highest price is below the lowest.");
        }
    }
}
