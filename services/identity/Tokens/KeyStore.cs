using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>The rows of the signing keys.</summary>
internal static class KeyStore
{
    private const string Select = "SELECT id, private_key, generation, active_from, retired_at FROM signing_keys ORDER BY generation DESC";

    public static async Task<IReadOnlyList<Row>> ReadAsync(Database database, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<Row>(new CommandDefinition(Select, cancellationToken: ct))).AsList();
    }

    public static async Task<IReadOnlyList<Row>> ReadAsync(DbTransaction tx, CancellationToken ct)
        => (await tx.Connection!.QueryAsync<Row>(new CommandDefinition(Select, transaction: tx, cancellationToken: ct))).AsList();

    /// <summary>Adds a key, unless another instance has added the one of this generation.</summary>
    public static Task AddAsync(DbTransaction tx, Row key, DateTimeOffset now, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO signing_keys (id, private_key, generation, created_at, active_from)
            VALUES (@Id, @PrivateKey, @Generation, @now, @ActiveFrom) ON CONFLICT (generation) DO NOTHING
            """,
            new { key.Id, key.PrivateKey, key.Generation, now, key.ActiveFrom },
            tx,
            cancellationToken: ct));

    /// <summary>Stores a private key in another form.</summary>
    public static Task ReplaceAsync(DbTransaction tx, string id, byte[] privateKey, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE signing_keys SET private_key = @privateKey WHERE id = @id", new { id, privateKey }, tx, cancellationToken: ct));

    /// <summary>What is older than this key signs nothing since this one does.</summary>
    public static Task RetireBeforeAsync(DbTransaction tx, Row key, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE signing_keys SET retired_at = @ActiveFrom WHERE generation < @Generation AND retired_at IS NULL",
            new { key.ActiveFrom, key.Generation },
            tx,
            cancellationToken: ct));

    /// <summary>Forgets keys that no token can be good by any more.</summary>
    public static Task DeleteRetiredAsync(DbTransaction tx, DateTimeOffset before, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM signing_keys WHERE retired_at < @before", new { before }, tx, cancellationToken: ct));

    internal sealed class Row
    {
        public string Id { get; init; } = "";

        public byte[] PrivateKey { get; init; } = [];

        public int Generation { get; init; }

        public DateTimeOffset ActiveFrom { get; init; }

        public DateTimeOffset? RetiredAt { get; init; }
    }
}
