using System.Data.Common;
using Dapper;

namespace Tandem.ServiceDefaults;

/// <summary>The ids of the events that this service has handled, kept in the transaction of their effect.</summary>
public sealed class Inbox(TimeProvider time)
{
    /// <summary>Marks an event as handled.</summary>
    /// <returns>Whether it was not handled before; if not, there is nothing to do.</returns>
    public async Task<bool> TryAddAsync(DbTransaction tx, string eventId, CancellationToken ct)
        => await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO inbox (event_id, handled_at) VALUES (@eventId, @now) ON CONFLICT (event_id) DO NOTHING",
            new { eventId, now = time.GetUtcNow() },
            tx,
            cancellationToken: ct)) == 1;
}
