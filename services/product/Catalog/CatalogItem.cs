namespace Tandem.Product.Catalog;

/// <summary>A product of the catalogue as it is stored.</summary>
internal sealed class CatalogItem
{
    public int Id { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public long PriceMinor { get; init; }

    public string Currency { get; init; } = "";

    public string Category { get; init; } = "";

    /// <summary>What can still be sold.</summary>
    public int Stock { get; init; }

    /// <summary>Where an admin says that the picture is; otherwise it is ours.</summary>
    public string? ImageUrl { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}
