namespace Tandem.Product.Catalog;

/// <summary>A category and how many products it holds.</summary>
internal sealed class CategoryResponse
{
    public string Name { get; init; } = "";

    public int Count { get; init; }
}
