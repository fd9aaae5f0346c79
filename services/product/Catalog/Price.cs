namespace Tandem.Product.Catalog;

/// <summary>Prices are kept as whole cents, so that the database compares and sorts them exactly.</summary>
internal static class Price
{
    /// <summary>The largest price; far from where whole cents would not fit.</summary>
    public const decimal Largest = 1_000_000m;

    public static long ToMinor(decimal price) => decimal.ToInt64(price * 100m);

    /// <summary>Always with two places, as prices are written.</summary>
    public static decimal FromMinor(long minor) => new((int)(minor & 0xFFFFFFFF), (int)(minor >> 32), 0, isNegative: false, scale: 2);

    public static bool HasTwoPlaces(decimal price) => decimal.Round(price, 2) == price;
}
