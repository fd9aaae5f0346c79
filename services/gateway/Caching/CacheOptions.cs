namespace Tandem.Gateway;

/// <summary>How long the gateway keeps what everybody may read: the catalogue.</summary>
/// <param name="Enabled">Whether it keeps anything (PRODUCT_CACHE_ENABLED).</param>
/// <param name="Lifetime">How long lists, searches and categories are kept, and with them the stock that they show (PRODUCT_CACHE_LIFETIME, 1s).</param>
/// <param name="ImageLifetime">How long pictures are kept (PRODUCT_CACHE_IMAGE_LIFETIME, 10s).</param>
internal sealed record CacheOptions(bool Enabled, TimeSpan Lifetime, TimeSpan ImageLifetime)
{
    /// <summary>The most memory that kept answers take.</summary>
    public const long LargestSize = 16 * 1024 * 1024;

    /// <summary>The largest answer that is kept: as much as a picture may have, and a little more.</summary>
    public const long LargestAnswer = 1024 * 1024 + 4096;

    public static CacheOptions Read(IConfiguration configuration) => new(
        Settings.Flag(configuration, "PRODUCT_CACHE_ENABLED", fallback: true),
        Settings.Duration(configuration, "PRODUCT_CACHE_LIFETIME", TimeSpan.FromSeconds(1)),
        Settings.Duration(configuration, "PRODUCT_CACHE_IMAGE_LIFETIME", TimeSpan.FromSeconds(10)));
}
