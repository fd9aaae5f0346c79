using System.Globalization;
using Dapper;
using Tandem.Product.Catalog;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Seed;

/// <summary>Fills an empty catalogue, so that there is a shop to look at. A catalogue that was filled or emptied by people is left alone.</summary>
internal sealed partial class CatalogSeed(CatalogStore catalog, ILogger<CatalogSeed> logger) : IDatabaseSeed
{
    private const string Resource = "products.txt";

    public async Task SeedAsync(Database database, CancellationToken cancellationToken)
    {
        var count = await database.WriteAsync(
            async tx =>
            {
                await tx.LockAsync("seed", cancellationToken);
                if (await tx.Connection!.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM products", transaction: tx) > 0
                    || await tx.Connection!.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM seeds WHERE name = @Resource", new { Resource }, tx) > 0)
                {
                    return 0;
                }

                var products = Read();
                foreach (var product in products)
                {
                    await catalog.AddAsync(tx, product, cancellationToken);
                }

                await tx.Connection!.ExecuteAsync("INSERT INTO seeds (name) VALUES (@Resource)", new { Resource }, tx);

                // Stock that was there from the start is no news.
                await tx.Connection!.ExecuteAsync("DELETE FROM outbox", transaction: tx);
                return products.Count;
            },
            cancellationToken);
        if (count > 0)
        {
            Log.Seeded(logger, count);
        }
    }

    /// <summary>The products of the file, in an order that mixes the categories, as a shop window does.</summary>
    internal static IReadOnlyList<ProductRequest> Read()
    {
        var assembly = typeof(CatalogSeed).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(static name => name.EndsWith(Resource, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var products = reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(static line => !line.StartsWith('#'))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static fields => new ProductRequest(
                fields[1],
                fields[4],
                decimal.Parse(fields[2], CultureInfo.InvariantCulture),
                null,
                fields[0],
                int.Parse(fields[3], CultureInfo.InvariantCulture),
                null));
        return [.. products
            .GroupBy(static product => product.Category)
            .SelectMany(static group => group.Select(static (product, index) => (product, index)))
            .OrderBy(static pair => pair.index)
            .Select(static pair => pair.product)];
    }

    private static partial class Log
    {
        [LoggerMessage(5303, LogLevel.Information, "The catalogue was empty and has {Count} products now")]
        public static partial void Seeded(ILogger logger, int count);
    }
}

/// <summary>Adds the seed.</summary>
internal static class SeedExtensions
{
    public static IServiceCollection AddCatalogSeed(this IServiceCollection services) => services.AddSingleton<IDatabaseSeed, CatalogSeed>();
}
