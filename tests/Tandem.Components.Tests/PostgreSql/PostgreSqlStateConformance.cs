using System.Text.Json;
using Tandem.Components.State;
using Tandem.Components.Tests.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

public abstract class PostgreSqlStateConformance(string version, string expiry, string field, string suffix) : StateStoreConformance
{
    private readonly string _name = PostgreSqlParts.NewTable();
    private PostgreSqlServer _server = null!;

    private protected override StateOutcome WithoutETag => StateOutcome.ETagRequired;

    private protected override async Task<IStateStore> CreateStoreAsync()
    {
        _server = await PostgreSqlServer.SharedAsync();
        return await PostgreSqlParts.StartStoreAsync(version, ("connectionString", _server.Words()), (field, _name));
    }

    /// <summary>The clock is the server's.</summary>
    private protected override void CheckExpiry(DateTimeOffset? expiresAt, TimeSpan timeToLive)
        => Assert.InRange(expiresAt!.Value, DateTimeOffset.UtcNow + timeToLive - TimeSpan.FromSeconds(8), DateTimeOffset.UtcNow + timeToLive);

    /// <summary>The server's clock cannot be moved, but its rows can be made older.</summary>
    private protected override async Task PassAsync(TimeSpan time)
        => await _server.ExecuteAsync(FormattableString.Invariant($"UPDATE {_name}{suffix} SET {expiry} = {expiry} - interval '{time.TotalMilliseconds} milliseconds'"));
}

public sealed class PostgreSqlV1StateConformance() : PostgreSqlStateConformance("v1", "expiredate", "tableName", "")
{
    private protected override string ForeignETag => "999999";

    /// <summary>As the type jsonb writes it.</summary>
    private protected override string Kept(string value)
    {
        try
        {
            JsonDocument.Parse(value).Dispose();
            return value.Replace("\":", "\": ", StringComparison.Ordinal).Replace(",\"", ", \"", StringComparison.Ordinal);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}

public sealed class PostgreSqlV2StateConformance() : PostgreSqlStateConformance("v2", "expires_at", "tablePrefix", "state");
