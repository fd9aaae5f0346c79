using Npgsql;

namespace Tandem.Components.PostgreSql.State;

/// <summary>
/// Makes the tables, or brings those of an older daprd up to date. Several sidecars may start at once, daprd among them: each waits for
/// the row that Dapr locks as well. Where all is as it should be nothing is written, so a user who may create no table can use one.
/// </summary>
internal static class StateTables
{
    public static async Task EnsureAsync(NpgsqlConnection connection, StateLayout layout, CancellationToken cancellationToken)
    {
        if (await AreCompleteAsync(connection, layout, cancellationToken))
        {
            return;
        }

        await CreateMetadataTableAsync(connection, layout, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"SELECT value FROM {layout.MetadataTable} WHERE key = 'lock' FOR UPDATE");
        await ExecuteAsync(layout.Create);
        await ExecuteAsync(layout.Upgrade);
        // A version that a newer Dapr noted stays.
        await ExecuteAsync(
            $"""
            INSERT INTO {layout.MetadataTable} AS noted (key, value) VALUES ($1, $2)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE noted.value ~ '^[0-9]+$' AND noted.value::int < excluded.value::int
            """,
            layout.Version.Key,
            layout.VersionText);
        await transaction.CommitAsync(cancellationToken);

        async Task ExecuteAsync(string sql, params string[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            command.Parameters.AddRange(values.Select(static value => new NpgsqlParameter<string> { TypedValue = value }).ToArray());
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<bool> AreCompleteAsync(NpgsqlConnection connection, StateLayout layout, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT to_regclass($2) IS NOT NULL AND count(*) = $4
            FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = ANY($3) AND NOT attisdropped
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = layout.Table },
                new NpgsqlParameter<string> { TypedValue = layout.MetadataTable },
                new NpgsqlParameter { Value = layout.Columns.ToArray() },
                new NpgsqlParameter<long> { TypedValue = layout.Columns.Count },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task CreateMetadataTableAsync(NpgsqlConnection connection, StateLayout layout, CancellationToken cancellationToken)
    {
        const int Attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    CREATE TABLE IF NOT EXISTS {layout.MetadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL);
                    INSERT INTO {layout.MetadataTable} (key, value) VALUES ('lock', 'lock') ON CONFLICT (key) DO NOTHING
                    """,
                    connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
                return;
            }
            catch (PostgresException exception) when (attempt < Attempts && exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
            {
                // Two who make the same table at the same moment: IF NOT EXISTS does not cover that, but the next look does.
            }
        }
    }
}
