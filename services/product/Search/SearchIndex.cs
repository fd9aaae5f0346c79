using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Product.Search;

/// <summary>The words of the products, written with them, so that a search never misses what was just stored.</summary>
internal static class SearchIndex
{
    private const int Name = 0;
    private const int Description = 1;
    private const int WordsOfAStatement = 100;

    /// <summary>What the kinds of match are worth; a match in a name beats any in a description.</summary>
    private const int Exact = 3;
    private const int Prefix = 2;
    private const int Typo = 1;
    private const int NameBonus = 100;

    public static async Task PutAsync(DbTransaction tx, int productId, string name, string description, CancellationToken ct)
    {
        var connection = tx.Connection!;
        await connection.ExecuteAsync(new CommandDefinition("DELETE FROM product_words WHERE product_id = @productId", new { productId }, tx, cancellationToken: ct));
        var words = SearchWords.Of(name).Select(static word => (word, field: Name)).Concat(SearchWords.Of(description).Select(static word => (word, field: Description)));
        foreach (var some in words.Chunk(WordsOfAStatement))
        {
            // Many rows in a statement: the database may be a network away.
            var parameters = new DynamicParameters(new { productId });
            var rows = some.Select((row, index) =>
            {
                parameters.Add($"word{index}", row.word);
                return FormattableString.Invariant($"(@word{index}, @productId, {row.field})");
            });
            await connection.ExecuteAsync(new CommandDefinition(
                $"INSERT INTO product_words (word, product_id, field) VALUES {string.Join(", ", rows)}", parameters, tx, cancellationToken: ct));
        }
    }

    /// <summary>The products in which every word that is looked for occurs, the best first.</summary>
    public static async Task<IReadOnlyList<int>> FindAsync(DbConnection connection, string text, CancellationToken ct)
    {
        Dictionary<int, int>? found = null;
        foreach (var term in SearchWords.Of(text))
        {
            var scores = await FindTermAsync(connection, term, ct);
            found = found is null
                ? scores
                : found.Where(pair => scores.ContainsKey(pair.Key)).ToDictionary(static pair => pair.Key, pair => pair.Value + scores[pair.Key]);
        }

        return found is null ? [] : [.. found.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key).Select(static pair => pair.Key)];
    }

    private static async Task<Dictionary<int, int>> FindTermAsync(DbConnection connection, string term, CancellationToken ct)
    {
        // "￿" sorts after every letter: a range instead of LIKE finds prefixes by the primary key in any database.
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT word, product_id, field FROM product_words WHERE word >= @term AND word < @end",
            new { term, end = term + '\uffff' },
            cancellationToken: ct))).AsList();
        if (rows.Count == 0 && term.Length >= SearchWords.LeastForTypos)
        {
            var vocabulary = await connection.QueryAsync<string>(new CommandDefinition(
                "SELECT DISTINCT word FROM product_words WHERE LENGTH(word) BETWEEN @shortest AND @longest",
                new { shortest = term.Length - 1, longest = term.Length + 1 },
                cancellationToken: ct));
            var words = vocabulary.Where(word => SearchWords.AreOneTypoApart(term, word)).ToArray();
            rows = (await connection.QueryAsync<Row>(new CommandDefinition(
                $"SELECT word, product_id, field FROM product_words WHERE {connection.In("word", "words")}", new { words }, cancellationToken: ct))).AsList();
        }

        return rows.GroupBy(static row => row.ProductId).ToDictionary(static group => group.Key, group => group.Max(row => Score(row, term)));
    }

    private static int Score(Row row, string term)
    {
        var kind = row.Word == term ? Exact : row.Word.StartsWith(term, StringComparison.Ordinal) ? Prefix : Typo;
        return row.Field == Name ? NameBonus + kind : kind;
    }

    private sealed class Row
    {
        public string Word { get; init; } = "";

        public int ProductId { get; init; }

        public int Field { get; init; }
    }
}
