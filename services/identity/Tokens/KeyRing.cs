using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>
/// The signing keys of the database, which all instances share. A key is published for an hour before it signs, signs until the next one does,
/// and stays published for as long as a token of its may live. The newest that may sign signs.
/// </summary>
internal sealed partial class KeyRing(KeySecret secret, IOptions<KeyOptions> options, TimeProvider time, ILogger<KeyRing> logger) : ISigningKeys, IDatabaseSeed, IDisposable
{
    /// <summary>A token's whole life, and what clocks may differ by.</summary>
    private static readonly TimeSpan Afterlife = AccessTokens.Lifetime + TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile IReadOnlyList<SigningKey> _keys = [];
    private KeyProtector? _protector;

    /// <summary>What signs now.</summary>
    public SigningCredentials Current
    {
        get
        {
            var now = time.GetUtcNow();
            return _keys.FirstOrDefault(key => key.RetiredAt is null && key.ActiveFrom <= now)?.Credentials
                ?? throw new InvalidOperationException("There is no key to sign with yet.");
        }
    }

    /// <summary>What others check tokens with.</summary>
    public IReadOnlyList<PublicKey> Published => [.. Good().Select(static key => key.Public)];

    public ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
        => ValueTask.FromResult(Good().FirstOrDefault(key => key.Public.Kid == keyId)?.Credentials.Key);

    /// <summary>Reads the keys, and makes the first one when there is none to sign with.</summary>
    public async Task SeedAsync(Database database, CancellationToken cancellationToken)
    {
        _protector = new KeyProtector(await secret.ReadAsync(cancellationToken), secret.Place);
        await RefreshAsync(database, cancellationToken);
    }

    /// <summary>Does what is due (the next key, the end of old ones), and takes over what another instance has done.</summary>
    public async Task RefreshAsync(Database database, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var rows = await KeyStore.ReadAsync(database, cancellationToken);
            if (IsSomethingDue(rows))
            {
                rows = await database.WriteAsync(tx => RotateAsync(tx, cancellationToken), cancellationToken);
            }

            var known = _keys.ToDictionary(static key => key.Public.Kid, StringComparer.Ordinal);
            _keys = [.. rows.Select(row => known.TryGetValue(row.Id, out var key) && key.RetiredAt == row.RetiredAt
                ? key
                : new SigningKey(row, _protector!.Unprotect(row.Id, row.PrivateKey)))];
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose()
    {
        _refreshing.Dispose();
        foreach (var key in _keys)
        {
            key.Dispose();
        }
    }

    private IEnumerable<SigningKey> Good()
    {
        var oldest = time.GetUtcNow() - Afterlife;
        return _keys.Where(key => key.RetiredAt is null || key.RetiredAt > oldest);
    }

    private bool IsSomethingDue(IReadOnlyList<KeyStore.Row> rows)
    {
        var now = time.GetUtcNow();
        return rows.FirstOrDefault(static row => row.RetiredAt is null) is not { } newest
            || now >= newest.ActiveFrom + options.Value.Lifetime - KeyOptions.Lead
            || rows.Count(row => row.RetiredAt is null && row.ActiveFrom <= now) > 1
            || rows.Any(row => row.RetiredAt < now - Afterlife)
            || rows.Any(static row => !KeyProtector.IsProtected(row.PrivateKey));
    }

    private async Task<IReadOnlyList<KeyStore.Row>> RotateAsync(System.Data.Common.DbTransaction tx, CancellationToken ct)
    {
        await tx.LockAsync("signing keys", ct);
        var now = time.GetUtcNow();
        var rows = await KeyStore.ReadAsync(tx, ct);
        foreach (var row in rows.Where(static row => !KeyProtector.IsProtected(row.PrivateKey)))
        {
            await KeyStore.ReplaceAsync(tx, row.Id, _protector!.Protect(row.Id, row.PrivateKey), ct);
        }

        if (rows.FirstOrDefault(row => row.RetiredAt is null && row.ActiveFrom <= now) is { } current)
        {
            await KeyStore.RetireBeforeAsync(tx, current, ct);
        }

        var newest = rows.FirstOrDefault(static row => row.RetiredAt is null);
        if (newest is null || now >= newest.ActiveFrom + options.Value.Lifetime - KeyOptions.Lead)
        {
            var due = newest is null ? now : newest.ActiveFrom + options.Value.Lifetime;
            var earliest = newest is null ? now : now + KeyOptions.Lead;
            await AddAsync(tx, rows.Count == 0 ? 1 : rows[0].Generation + 1, due > earliest ? due : earliest, ct);
        }

        await KeyStore.DeleteRetiredAsync(tx, now - Afterlife, ct);
        return await KeyStore.ReadAsync(tx, ct);
    }

    private async Task AddAsync(System.Data.Common.DbTransaction tx, int generation, DateTimeOffset activeFrom, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var id = Ids.New(now);
        await KeyStore.AddAsync(
            tx, new KeyStore.Row { Id = id, PrivateKey = _protector!.Protect(id, SigningKey.Generate()), Generation = generation, ActiveFrom = activeFrom }, now, ct);
        Log.Made(logger, id, activeFrom);
    }

    private static partial class Log
    {
        [LoggerMessage(5212, LogLevel.Information, "The signing key {KeyId} was made; it signs from {ActiveFrom:u}")]
        public static partial void Made(ILogger logger, string keyId, DateTimeOffset activeFrom);
    }
}
