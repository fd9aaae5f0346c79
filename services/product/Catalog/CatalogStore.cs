using System.Data.Common;
using System.Text;
using Dapper;
using Tandem.Product.Search;
using Tandem.Product.Stock;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Catalog;

/// <summary>The catalogue's rows.</summary>
internal sealed class CatalogStore(Database database, StockLedger ledger, TimeProvider time)
{
    private const string Columns = "p.id, p.name, p.description, p.price_minor, p.currency, p.category, p.stock, p.image_url, p.created_at, p.updated_at";

    public async Task<CatalogItem?> FindAsync(int id, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await FindAsync(connection, null, id, ct);
    }

    public async Task<(IReadOnlyList<CatalogItem> Items, long Total)> ListAsync(ProductQuery query, PageRequest page, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var parameters = new DynamicParameters(new { page.Size, page.Offset });
        var where = new StringBuilder("WHERE 1 = 1");
        if (query.Category is { Length: > 0 } category)
        {
            where.Append(" AND p.category = @Category");
            parameters.Add("Category", category);
        }

        if (query.MinPrice is { } least)
        {
            where.Append(" AND p.price_minor >= @Least");
            parameters.Add("Least", decimal.ToInt64(decimal.Ceiling(least * 100m)));
        }

        if (query.MaxPrice is { } most)
        {
            where.Append(" AND p.price_minor <= @Most");
            parameters.Add("Most", decimal.ToInt64(decimal.Floor(most * 100m)));
        }

        IReadOnlyList<int>? found = null;
        if (query.Search is { Length: > 0 } search)
        {
            found = await SearchIndex.FindAsync(connection, search, ct);
            where.Append(" AND ").Append(connection.In("p.id", "Found"));
            parameters.Add("Found", found.ToArray());
        }

        if (found is not null && query.Sort is null)
        {
            // Who looks for something and asks for no order wants the best first.
            var matching = (await connection.QueryAsync<int>(new CommandDefinition($"SELECT p.id FROM products p {where}", parameters, cancellationToken: ct))).ToHashSet();
            return await PageAsync(connection, [.. found.Where(matching.Contains)], page, ct);
        }

        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition($"SELECT COUNT(*) FROM products p {where}", parameters, cancellationToken: ct));
        var items = await connection.QueryAsync<CatalogItem>(new CommandDefinition(
            $"SELECT {Columns} FROM products p {where} ORDER BY {query.OrderBy} LIMIT @Size OFFSET @Offset", parameters, cancellationToken: ct));
        return (items.AsList(), total);
    }

    /// <summary>The products in which the words occur, the best first.</summary>
    public async Task<(IReadOnlyList<CatalogItem> Items, long Total)> SearchAsync(string text, PageRequest page, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await PageAsync(connection, await SearchIndex.FindAsync(connection, text, ct), page, ct);
    }

    public async Task<IReadOnlyList<CategoryResponse>> CategoriesAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<CategoryResponse>(new CommandDefinition(
            "SELECT category AS name, COUNT(*) AS count FROM products GROUP BY category ORDER BY category", cancellationToken: ct))).AsList();
    }

    public async Task<CatalogItem> AddAsync(DbTransaction tx, ProductRequest request, CancellationToken ct)
    {
        var id = await tx.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            INSERT INTO products (name, description, price_minor, currency, category, stock, image_url, created_at, updated_at)
            VALUES (@Name, @Description, @PriceMinor, @Currency, @Category, 0, @ImageUrl, @Now, @Now)
            RETURNING id
            """,
            Parameters(request),
            tx,
            cancellationToken: ct));
        await SearchIndex.PutAsync(tx, id, request.Name!, request.Description ?? "", ct);
        if (request.StockQuantity is > 0 and { } stock)
        {
            await ledger.SetAsync(tx, id, stock, ct);
        }

        return (await FindAsync(tx.Connection!, tx, id, ct))!;
    }

    public Task<CatalogItem?> UpdateAsync(int id, ProductRequest request, CancellationToken ct)
        => database.WriteAsync(
            async tx =>
            {
                var parameters = Parameters(request);
                parameters.Add("Id", id);
                var updated = await tx.Connection!.ExecuteAsync(new CommandDefinition(
                    """
                    UPDATE products
                    SET name = @Name, description = @Description, price_minor = @PriceMinor, currency = @Currency, category = @Category,
                        image_url = @ImageUrl, updated_at = @Now
                    WHERE id = @Id
                    """,
                    parameters,
                    tx,
                    cancellationToken: ct));
                if (updated == 0)
                {
                    return null;
                }

                await SearchIndex.PutAsync(tx, id, request.Name!, request.Description ?? "", ct);
                if (request.StockQuantity is { } stock)
                {
                    await ledger.SetAsync(tx, id, stock, ct);
                }

                return await FindAsync(tx.Connection!, tx, id, ct);
            },
            ct);

    public Task<bool> DeleteAsync(int id, CancellationToken ct)
        => database.WriteAsync(
            async tx => await tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM products WHERE id = @id", new { id }, tx, cancellationToken: ct)) == 1,
            ct);

    /// <summary>A page of these products, in their order.</summary>
    private static async Task<(IReadOnlyList<CatalogItem> Items, long Total)> PageAsync(
        DbConnection connection, IReadOnlyList<int> found, PageRequest page, CancellationToken ct)
    {
        var ids = found.Skip(page.Offset).Take(page.Size).ToArray();
        var items = await connection.QueryAsync<CatalogItem>(new CommandDefinition(
            $"SELECT {Columns} FROM products p WHERE {connection.In("p.id", "ids")}", new { ids }, cancellationToken: ct));
        return ([.. items.OrderBy(item => Array.IndexOf(ids, item.Id))], found.Count);
    }

    private static Task<CatalogItem?> FindAsync(DbConnection connection, DbTransaction? tx, int id, CancellationToken ct)
        => connection.QuerySingleOrDefaultAsync<CatalogItem>(new CommandDefinition(
            $"SELECT {Columns} FROM products p WHERE p.id = @id", new { id }, tx, cancellationToken: ct));

    private DynamicParameters Parameters(ProductRequest request) => new(new
    {
        Name = request.Name!.Trim(),
        Description = request.Description?.Trim() ?? "",
        PriceMinor = Price.ToMinor(request.Price!.Value),
        Currency = request.CurrencyOrDefault,
        Category = request.Category!.Trim(),
        request.ImageUrl,
        Now = time.GetUtcNow(),
    });
}
