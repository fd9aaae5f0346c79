using Dapper;
using Microsoft.IdentityModel.Tokens;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>
/// The signing keys of the database. The newest that is not retired signs; retired ones are published for as long as a token of theirs may live.
/// </summary>
internal sealed class KeyRing(TimeProvider time) : ISigningKeys, IDatabaseSeed, IDisposable
{
    private volatile IReadOnlyList<SigningKey> _keys = [];

    /// <summary>What signs now.</summary>
    public SigningCredentials Current
        => _keys.FirstOrDefault(static key => key.RetiredAt is null)?.Credentials
            ?? throw new InvalidOperationException("There is no key to sign with yet.");

    /// <summary>What others check tokens with.</summary>
    public IReadOnlyList<PublicKey> Published
    {
        get
        {
            var oldest = time.GetUtcNow() - AccessTokens.Lifetime;
            return [.. _keys.Where(key => key.RetiredAt is null || key.RetiredAt > oldest).Select(static key => key.Public)];
        }
    }

    public ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
        => ValueTask.FromResult(_keys.FirstOrDefault(key => key.Public.Kid == keyId)?.Credentials.Key);

    /// <summary>Reads the keys, and makes the first one when there is none to sign with.</summary>
    public async Task SeedAsync(Database database, CancellationToken cancellationToken)
    {
        var rows = await database.WriteAsync(
            async tx =>
            {
                await tx.Connection!.ExecuteAsync(
                    """
                    INSERT INTO signing_keys (id, private_key, created_at)
                    SELECT @Id, @Key, @Now WHERE NOT EXISTS (SELECT 1 FROM signing_keys WHERE retired_at IS NULL)
                    """,
                    new { Id = Ids.New(), Key = SigningKey.Generate(), Now = time.GetUtcNow() },
                    tx);
                return await tx.Connection!.QueryAsync<Row>("SELECT id, private_key, retired_at FROM signing_keys ORDER BY created_at DESC", transaction: tx);
            },
            cancellationToken);
        _keys = [.. rows.Select(static row => new SigningKey(row.Id, row.PrivateKey, row.RetiredAt))];
    }

    public void Dispose()
    {
        foreach (var key in _keys)
        {
            key.Dispose();
        }
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public byte[] PrivateKey { get; init; } = [];

        public DateTimeOffset? RetiredAt { get; init; }
    }
}
