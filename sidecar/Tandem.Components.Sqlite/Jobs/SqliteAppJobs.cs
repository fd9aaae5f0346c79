using Tandem.Components.Jobs;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.Jobs;

/// <summary>One app's jobs, for one of its sidecars.</summary>
internal sealed class SqliteAppJobs(SqliteJobStore store, string appNamespace, string appId, TimeProvider timeProvider) : IAppJobs
{
    private readonly string _owner = OwnerId.Create();
    private volatile bool _hasClaimed;

    private long Now => timeProvider.GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public async ValueTask<bool> SaveAsync(StoredJob job, bool overwrite, CancellationToken cancellationToken)
    {
        var database = await store.GetAsync(cancellationToken);
        return await database.WriteAsync(
            static (connection, save) =>
            {
                using var insert = save.Jobs.Prepare(connection, save.overwrite ? JobsSql.Replace : JobsSql.Add);
                return insert.Bind(3, save.job.Name).BindBlob(4, save.job.Definition.Span).Bind(5, save.job.Due.UtcTicks)
                    .Bind(6, save.job.ExpiresAt?.UtcTicks).Bind(7, save.job.Triggered).Run() > 0;
            },
            (Jobs: this, job, overwrite),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<StoredJob?> GetAsync(string name, CancellationToken cancellationToken)
    {
        var database = await store.FindAsync(cancellationToken);
        return database is null ? null : await database.ReadAsync(
            static (connection, get) =>
            {
                using var select = get.Jobs.Prepare(connection, JobsSql.Get).Bind(3, get.name);
                return select.Step() ? Read(select) : null;
            },
            (Jobs: this, name),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredJob>> ListAsync(CancellationToken cancellationToken)
    {
        var database = await store.FindAsync(cancellationToken);
        return database is null ? [] : await database.ReadAsync(
            static (connection, jobs) =>
            {
                var found = new List<StoredJob>();
                using var select = jobs.Prepare(connection, JobsSql.List);
                while (select.Step())
                {
                    found.Add(Read(select));
                }

                return found;
            },
            this,
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(cancellationToken) is { } database)
        {
            await database.WriteAsync(
                static (connection, delete) =>
                {
                    using var statement = delete.Jobs.Prepare(connection, JobsSql.DeleteByPrefix).Bind(3, delete.prefix);
                    statement.Run();
                },
                (Jobs: this, prefix),
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(cancellationToken) is { } database)
        {
            await database.WriteAsync(
                static (connection, delete) =>
                {
                    using var statement = delete.Jobs.Prepare(connection, JobsSql.Delete).Bind(3, delete.name);
                    statement.Run();
                },
                (Jobs: this, name),
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> FindNextAsync(CancellationToken cancellationToken)
    {
        var database = await store.FindAsync(cancellationToken);
        return database is null ? null : await database.ReadAsync(
            static (connection, jobs) =>
            {
                if (jobs.FindAbandoned(connection).Count > 0)
                {
                    return new DateTimeOffset(jobs.Now, TimeSpan.Zero);
                }

                using var select = jobs.Prepare(connection, JobsSql.FirstFree);
                return select.Step() ? new DateTimeOffset(select.Int64(0), TimeSpan.Zero) : (DateTimeOffset?)null;
            },
            this,
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredJob>> ClaimAsync(int most, TimeSpan duration, CancellationToken cancellationToken)
    {
        var database = await store.FindAsync(cancellationToken);
        _hasClaimed = true;
        return database is null ? [] : await database.WriteAsync(
            static (connection, claim) => claim.Jobs.Claim(connection, claim.most, claim.duration.Ticks), (Jobs: this, most, duration), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(StoredJob claimed, TimeSpan duration, CancellationToken cancellationToken)
        => WriteHeldAsync(JobsSql.HoldOn, claimed, Now + duration.Ticks, null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(StoredJob claimed, StoredJob? next, CancellationToken cancellationToken)
        => await WriteHeldAsync(next is null ? JobsSql.DeleteHeld : JobsSql.Advance, claimed, next?.Due.UtcTicks, next?.Triggered, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_hasClaimed && await store.FindAsync(CancellationToken.None) is { } database)
        {
            await database.WriteAsync(
                static (connection, jobs) => jobs.Free(connection, jobs._owner, long.MaxValue), this, CancellationToken.None);
        }
    }

    private async ValueTask<bool> WriteHeldAsync(string sql, StoredJob claimed, long? first, long? second, CancellationToken cancellationToken)
    {
        var database = await store.GetAsync(cancellationToken);
        return await database.WriteAsync(
            static (connection, write) =>
            {
                using var statement = write.Jobs.Prepare(connection, write.sql).Bind(3, write.claimed.Name).Bind(4, write.claimed.Version).Bind(5, write.Jobs._owner);
                if (write.first is { } first)
                {
                    statement.Bind(6, first);
                }

                if (write.second is { } second)
                {
                    statement.Bind(7, second);
                }

                return statement.Run() > 0;
            },
            (Jobs: this, sql, claimed, first, second),
            cancellationToken);
    }

    private List<StoredJob> Claim(SqliteConnection connection, int most, long duration)
    {
        foreach (var (owner, until) in FindAbandoned(connection))
        {
            Free(connection, owner, until);
        }

        var claimed = new List<StoredJob>();
        using (var due = Prepare(connection, JobsSql.Due).Bind(3, Now).Bind(4, (long)most))
        {
            while (due.Step())
            {
                claimed.Add(Read(due));
            }
        }

        foreach (var job in claimed)
        {
            using var hold = Prepare(connection, JobsSql.Hold).Bind(3, job.Name).Bind(4, job.Version).Bind(5, _owner).Bind(6, Now + duration);
            hold.Run();
        }

        return claimed;
    }

    /// <summary>Claims of others that count no more: they ran out, or the process has ended.</summary>
    private List<(string Owner, long Until)> FindAbandoned(SqliteConnection connection)
    {
        var abandoned = new List<(string, long)>();
        using var held = Prepare(connection, JobsSql.HeldByOthers).Bind(3, _owner);
        while (held.Step())
        {
            var (owner, until) = (held.Text(0), held.Int64(1));
            if (until < Now || OwnerId.IsDead(owner))
            {
                abandoned.Add((owner, until));
            }
        }

        return abandoned;
    }

    private void Free(SqliteConnection connection, string owner, long until)
    {
        using var free = Prepare(connection, JobsSql.Free).Bind(3, owner).Bind(4, until);
        free.Run();
    }

    private SqliteStatement Prepare(SqliteConnection connection, string sql) => connection.Prepare(sql).Bind(1, appNamespace).Bind(2, appId);

    private static StoredJob Read(SqliteStatement row)
        => new(
            row.Text(0),
            row.Bytes(1).ToArray(),
            new DateTimeOffset(row.Int64(2), TimeSpan.Zero),
            row.IsNull(3) ? null : new DateTimeOffset(row.Int64(3), TimeSpan.Zero),
            row.Int64(4))
        {
            Version = row.Int64(5),
        };
}
