using System.Data.Common;
using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The Idempotency-Key of the request in hand. An endpoint that stores its answer with <see cref="RememberAsync"/> in the transaction of its
/// effect has one effect and one answer even when it dies between the two; for others the answer is stored right after the effect.
/// </summary>
public sealed class Idempotency(IOptions<JsonOptions> json, TimeProvider time)
{
    internal const string ReusedKey = "This idempotency key was used for another request.";
    internal const string KeyRule = "Expected 1 to 255 visible ASCII characters.";
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int LongestKey = 255;

    internal IdempotencyKey? Key { get; set; }

    internal bool IsRemembered { get; private set; }

    /// <summary>Stores the answer that the endpoint is going to give. Does nothing when the request carries no key.</summary>
    /// <param name="tx">The transaction of the effect.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="location">Its Location header.</param>
    /// <param name="body">What it says.</param>
    /// <param name="ct">The caller's token.</param>
    public async Task RememberAsync<T>(DbTransaction tx, int status, string? location, T body, CancellationToken ct)
    {
        if (Key is { } key)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, json.Value.SerializerOptions);
            await SaveAsync(tx, key, new StoredAnswer(status, location, "application/json; charset=utf-8", bytes), ct);
            IsRemembered = true;
        }
    }

    internal static bool IsKey(string text) => text.Length is > 0 and <= LongestKey && text.All(static c => c is > ' ' and < '\x7f');

    /// <summary>Whose keys are meant: the user's or, when there is none, the calling service's.</summary>
    internal static string? OwnerOf(ClaimsPrincipal principal)
        => principal.FindUserId() ?? (principal.CallerAppId() is { } appId ? $"service:{appId}" : null);

    /// <summary>What a stored answer says.</summary>
    internal T Read<T>(StoredAnswer answer)
        where T : class
        => JsonSerializer.Deserialize<T>(answer.Body, json.Value.SerializerOptions) ?? throw new JsonException("The stored answer is empty.");

    internal Task SaveAsync(DbTransaction tx, IdempotencyKey key, StoredAnswer answer, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO idempotency_keys (owner, key, request_hash, status, location, content_type, body, created_at)
            VALUES (@Owner, @Key, @RequestHash, @Status, @Location, @ContentType, @Body, @Now)
            """,
            new { key.Owner, key.Key, key.RequestHash, answer.Status, answer.Location, answer.ContentType, answer.Body, Now = time.GetUtcNow() },
            tx,
            cancellationToken: ct));

    internal async Task<(string RequestHash, StoredAnswer Answer)?> FindAsync(Database database, IdempotencyKey key, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            SELECT request_hash, status, location, content_type, body FROM idempotency_keys
            WHERE owner = @Owner AND key = @Key AND created_at >= @Since
            """,
            new { key.Owner, key.Key, Since = time.GetUtcNow() - Lifetime },
            cancellationToken: ct));
        return row is null ? null : (row.RequestHash, new StoredAnswer(row.Status, row.Location, row.ContentType, row.Body));
    }

    /// <summary>A key of its user, and what was asked with it.</summary>
    internal sealed record IdempotencyKey(string Owner, string Key, string RequestHash);

    /// <summary>The answer to give again.</summary>
    internal sealed record StoredAnswer(int Status, string? Location, string? ContentType, byte[]? Body);

    private sealed class Row
    {
        public string RequestHash { get; init; } = "";

        public int Status { get; init; }

        public string? Location { get; init; }

        public string? ContentType { get; init; }

        public byte[]? Body { get; init; }
    }
}
