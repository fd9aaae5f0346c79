using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.IdentityModel.Tokens;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Sessions;

/// <summary>
/// Refresh tokens: each works once and gives the next of its family. One that comes again was stolen (or its thief was first), so the whole
/// family ends.
/// </summary>
internal sealed class RefreshTokens(Database database, TimeProvider time)
{
    private const int Bytes = 32;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>The first token of a new family.</summary>
    public Task<string> StartAsync(DbTransaction tx, string userId, CancellationToken ct) => AddAsync(tx, userId, Ids.New(time.GetUtcNow()), ct);

    /// <summary>Takes a token and gives the next.</summary>
    /// <returns>Whose it is and the next token; nothing when the token is not good any more.</returns>
    public Task<(string UserId, string Token)?> RotateAsync(string token, CancellationToken ct)
        => database.WriteAsync<(string, string)?>(
            async tx =>
            {
                var hash = HashOf(token);
                var now = time.GetUtcNow();
                var row = await tx.Connection!.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                    $"SELECT family, user_id, expires_at, used_at, revoked_at FROM refresh_tokens WHERE hash = @hash{tx.ForUpdate()}", new { hash }, tx, cancellationToken: ct));
                if (row is null || row.RevokedAt is not null || row.ExpiresAt <= now)
                {
                    return null;
                }

                if (row.UsedAt is not null)
                {
                    await RevokeFamilyAsync(tx, row.Family, ct);
                    return null;
                }

                await tx.Connection!.ExecuteAsync(new CommandDefinition(
                    "UPDATE refresh_tokens SET used_at = @now WHERE hash = @hash", new { hash, now }, tx, cancellationToken: ct));
                return (row.UserId, await AddAsync(tx, row.UserId, row.Family, ct));
            },
            ct);

    /// <summary>Ends the family of a token. Unknown tokens have none.</summary>
    public Task RevokeAsync(string token, CancellationToken ct)
        => database.WriteAsync(
            async tx =>
            {
                var family = await tx.Connection!.ExecuteScalarAsync<string?>(new CommandDefinition(
                    "SELECT family FROM refresh_tokens WHERE hash = @hash", new { hash = HashOf(token) }, tx, cancellationToken: ct));
                if (family is not null)
                {
                    await RevokeFamilyAsync(tx, family, ct);
                }
            },
            ct);

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private async Task<string> AddAsync(DbTransaction tx, string userId, string family, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var token = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(Bytes));
        await tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM refresh_tokens WHERE expires_at < @now", new { now }, tx, cancellationToken: ct));
        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO refresh_tokens (hash, family, user_id, created_at, expires_at) VALUES (@Hash, @family, @userId, @now, @ExpiresAt)",
            new { Hash = HashOf(token), family, userId, now, ExpiresAt = now + Lifetime },
            tx,
            cancellationToken: ct));
        return token;
    }

    private Task<int> RevokeFamilyAsync(DbTransaction tx, string family, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE refresh_tokens SET revoked_at = @now WHERE family = @family AND revoked_at IS NULL",
            new { family, now = time.GetUtcNow() },
            tx,
            cancellationToken: ct));

    private sealed class Row
    {
        public string Family { get; init; } = "";

        public string UserId { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset? UsedAt { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }
    }
}
