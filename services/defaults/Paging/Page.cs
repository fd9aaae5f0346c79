namespace Tandem.ServiceDefaults;

/// <summary>One page of a list, as every list of the mesh is answered.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Number">Which page it is, from 1.</param>
/// <param name="PageSize">How many a page holds.</param>
/// <param name="Total">How many there are on all pages.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: System.Text.Json.Serialization.JsonPropertyName("page")] int Number,
    int PageSize,
    long Total)
{
    /// <summary>The page that was asked for.</summary>
    public static Page<T> Of(IReadOnlyList<T> items, PageRequest request, long total) => new(items, request.Number, request.Size, total);

    /// <summary>The same page with its items turned into something else.</summary>
    public Page<TOther> Select<TOther>(Func<T, TOther> convert) => new([.. Items.Select(convert)], Number, PageSize, Total);
}
