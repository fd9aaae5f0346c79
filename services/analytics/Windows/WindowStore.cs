using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Windows and their progress as they are stored.</summary>
internal sealed class WindowStore(Database database)
{
    private const string Columns = "start_at, currency, orders, revenue_cents, unique_users, sequence";

    /// <summary>How far event time has come, or nothing before the first event.</summary>
    /// <remarks>Whoever reads it to move it on is alone with all windows until the end of the transaction, so that they close in one order.</remarks>
    public static async Task<Progress?> ProgressAsync(DbTransaction tx, CancellationToken cancellationToken)
    {
        await tx.LockAsync("windows", cancellationToken);
        return await tx.Connection!.QuerySingleOrDefaultAsync<Progress>(new CommandDefinition(
            "SELECT max_event_at, closed_until FROM progress WHERE id = 1", transaction: tx, cancellationToken: cancellationToken));
    }

    public static Task SaveProgressAsync(DbTransaction tx, Progress progress, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO progress (id, max_event_at, closed_until) VALUES (1, @MaxEventAt, @ClosedUntil)
            ON CONFLICT (id) DO UPDATE SET max_event_at = excluded.max_event_at, closed_until = excluded.closed_until
            """,
            progress,
            tx,
            cancellationToken: cancellationToken));

    /// <summary>Counts one order into its window.</summary>
    public static async Task AddAsync(DbTransaction tx, DateTimeOffset startAt, string currency, string userId, long cents, CancellationToken cancellationToken)
    {
        var connection = tx.Connection!;
        var newUser = await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO window_users (start_at, currency, user_id) VALUES (@startAt, @currency, @userId) ON CONFLICT (start_at, currency, user_id) DO NOTHING",
            new { startAt, currency, userId },
            tx,
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO windows (start_at, currency, orders, revenue_cents, unique_users) VALUES (@startAt, @currency, 1, @cents, @newUser)
            ON CONFLICT (start_at, currency) DO UPDATE SET
                orders = windows.orders + 1, revenue_cents = windows.revenue_cents + @cents, unique_users = windows.unique_users + @newUser
            """,
            new { startAt, currency, cents, newUser },
            tx,
            cancellationToken: cancellationToken));
    }

    /// <summary>Remembers an order that came after its window was closed.</summary>
    public static Task AddLateAsync(DbTransaction tx, string eventId, DateTimeOffset startAt, string currency, long cents, DateTimeOffset now, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO late_orders (event_id, start_at, currency, revenue_cents, arrived_at) VALUES (@eventId, @startAt, @currency, @cents, @now)",
            new { eventId, startAt, currency, cents, now },
            tx,
            cancellationToken: cancellationToken));

    /// <summary>The open windows that begin before this, the oldest first.</summary>
    public static async Task<IReadOnlyList<OrderWindow>> OpenBeforeAsync(DbTransaction tx, DateTimeOffset before, CancellationToken cancellationToken)
        => (await tx.Connection!.QueryAsync<OrderWindow>(new CommandDefinition(
            $"SELECT {Columns} FROM windows WHERE sequence IS NULL AND start_at < @before ORDER BY start_at, currency",
            new { before },
            tx,
            cancellationToken: cancellationToken))).AsList();

    public static Task CloseAsync(DbTransaction tx, OrderWindow window, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            UPDATE windows SET sequence = (SELECT COALESCE(MAX(w.sequence), 0) + 1 FROM windows w)
            WHERE start_at = @StartAt AND currency = @Currency AND sequence IS NULL
            """,
            new { window.StartAt, window.Currency },
            tx,
            cancellationToken: cancellationToken));

    /// <summary>The oldest open window's progress: what the timer has to look at, and nothing when no window is open.</summary>
    public async Task<(Progress Progress, DateTimeOffset FirstOpen)?> OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var first = await connection.QueryFirstOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(
            "SELECT start_at FROM windows WHERE sequence IS NULL ORDER BY start_at LIMIT 1", cancellationToken: cancellationToken));
        if (first is not { } firstOpen)
        {
            return null;
        }

        var progress = await connection.QuerySingleAsync<Progress>(new CommandDefinition(
            "SELECT max_event_at, closed_until FROM progress WHERE id = 1", cancellationToken: cancellationToken));
        return (progress, firstOpen);
    }

    public async Task<Page<OrderWindow>> ListAsync(DateTimeOffset? from, DateTimeOffset? to, PageRequest page, CancellationToken cancellationToken)
    {
        const string Where = "WHERE (@from IS NULL OR start_at >= @from) AND (@to IS NULL OR start_at < @to)";
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new { from, to, page.Size, page.Offset };
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"SELECT COUNT(*) FROM windows {Where}", parameters, cancellationToken: cancellationToken));
        var windows = (await connection.QueryAsync<OrderWindow>(new CommandDefinition(
            $"SELECT {Columns} FROM windows {Where} ORDER BY start_at DESC, currency LIMIT @Size OFFSET @Offset",
            parameters,
            cancellationToken: cancellationToken))).AsList();
        return Page<OrderWindow>.Of(windows, page, total);
    }

    /// <summary>The windows that were closed after this one, in the order of closing.</summary>
    public async Task<IReadOnlyList<OrderWindow>> ClosedAfterAsync(long sequence, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<OrderWindow>(new CommandDefinition(
            $"SELECT {Columns} FROM windows WHERE sequence > @sequence ORDER BY sequence LIMIT 100",
            new { sequence },
            cancellationToken: cancellationToken))).AsList();
    }

    public async Task<long> LastSequenceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COALESCE(MAX(sequence), 0) FROM windows", cancellationToken: cancellationToken));
    }
}
