using Dapper;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>Looks through the sagas of all orders. What a state means is said twice, in <see cref="SagaState.Progress"/> and here for the database.</summary>
internal sealed class SagaList(Database database, IOptions<SagaOptions> options, TimeProvider time)
{
    private const string State =
        """
        CASE WHEN step = 'done' THEN 'done'
             WHEN COALESCE(failing_since, next_attempt_at) <= @StuckBefore THEN 'stuck'
             WHEN attempts > 0 THEN 'retrying'
             WHEN step = 'ship' THEN 'waiting'
             ELSE 'running' END
        """;

    /// <summary>The sagas in a state or, without one, all that are not done; those first that have been at the same step for longest.</summary>
    public async Task<Page<SagaResponse>> ListAsync(SagaProgress? state, PageRequest page, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var stuckAfter = options.Value.StuckAfter;

        // Spelled out beside the state, so that the index of what is unfinished serves.
        var where = state switch
        {
            null => "step <> 'done'",
            SagaProgress.Done => "step = 'done'",
            _ => $"step <> 'done' AND {State} = @State",
        };
        var values = new
        {
            State = state is { } wanted ? Stored.Name(wanted) : null,
            StuckBefore = Stored.Time(now - stuckAfter),
            page.Size,
            page.Offset,
        };
        await using var connection = await database.OpenAsync(cancellationToken);
        var total = await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM orders WHERE {where}", values);
        var rows = await connection.QueryAsync<OrderRow>(
            $"SELECT {OrderRow.Columns} FROM orders WHERE {where} ORDER BY COALESCE(failing_since, next_attempt_at), id LIMIT @Size OFFSET @Offset", values);
        return Page<SagaResponse>.Of([.. rows.Select(row => SagaResponse.From(row.ToOrder([], []), stuckAfter, now))], page, total);
    }

    /// <summary>How many unfinished sagas there are in each state.</summary>
    public async Task<IReadOnlyDictionary<SagaProgress, long>> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var counts = await connection.QueryAsync<(string State, long Count)>(
            $"SELECT state, COUNT(*) FROM (SELECT {State} AS state FROM orders WHERE step <> 'done') AS unfinished GROUP BY state",
            new { StuckBefore = Stored.Time(time.Now() - options.Value.StuckAfter) });
        return counts.ToDictionary(static count => Stored.Parse<SagaProgress>(count.State), static count => count.Count);
    }
}
