using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tandem.Components.NameResolution;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.NameResolution;

/// <summary>
/// <c>nameresolution.sqlite</c>: sidecars of a machine announce themselves in one file. Looking up goes to memory; the file is read again
/// when what is known is half a second old, or when it does not know the name.
/// </summary>
internal sealed partial class SqliteNameResolver(SqliteNameResolverOptions options, TimeProvider timeProvider, ILogger<SqliteNameResolver> logger)
    : INameResolver, IInitializable, IAsyncDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    private readonly string _owner = OwnerId.Create();
    private readonly CancellationTokenSource _stop = new();
    private ImmutableDictionary<string, Announcement> _own = ImmutableDictionary<string, Announcement>.Empty;
    private SqliteDatabase? _database;
    private HostTable? _table;
    private HostSnapshot? _snapshot;
    private Task _loop = Task.CompletedTask;
    private uint _turn;
    private int _ownVersion;

    private SqliteDatabase Database => _database ?? throw new InvalidOperationException("The name resolver is not initialised.");

    private HostTable Table => _table ?? throw new InvalidOperationException("The name resolver is not initialised.");

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => InitializeAsync(SqliteDatabase.Acquire(options.Database), cancellationToken);

    /// <summary>Uses a database that the caller opened and the resolver closes.</summary>
    public async ValueTask InitializeAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        _database = database;
        _table = new HostTable(new HostsSql(options.TableName, options.MetadataTableName), _owner);
        await database.WriteAsync(
            static (connection, start) =>
            {
                start._table.Create(connection);
                start._table.CleanUp(connection, start.Item2);
            },
            (_table, ForgottenBefore()),
            cancellationToken);
        _loop = RunAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<INameRegistration> RegisterAsync(AppRegistration registration, CancellationToken cancellationToken)
    {
        var announcement = new Announcement(Guid.NewGuid().ToString(), registration, []);
        await AnnounceAsync(announcement, cancellationToken);
        return new Registration(this, announcement.RegistrationId);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ResolveAsync(string appId, string appNamespace, CancellationToken cancellationToken)
    {
        var hosts = (await FreshAsync(cancellationToken)).OfApp(appNamespace, appId);
        if (hosts.Count == 0)
        {
            hosts = (await ReloadAsync(cancellationToken)).OfApp(appNamespace, appId);
        }

        return hosts.Count switch
        {
            0 => null,
            1 => hosts[0],
            var count => hosts[(int)(Interlocked.Increment(ref _turn) % (uint)count)],
        };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> GetActorHostsAsync(string actorType, string appNamespace, CancellationToken cancellationToken)
    {
        var hosts = (await FreshAsync(cancellationToken)).OfActorType(appNamespace, actorType);
        return hosts.Count > 0 ? hosts : (await ReloadAsync(cancellationToken)).OfActorType(appNamespace, actorType);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        foreach (var registrationId in _own.Keys)
        {
            await RemoveAsync(registrationId);
        }

        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        _stop.Dispose();
    }

    private DateTimeOffset ForgottenBefore() => timeProvider.GetUtcNow() - (options.UpdateInterval * 10) - TimeSpan.FromMinutes(1);

    private async ValueTask AnnounceAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        await Database.WriteAsync(
            static (connection, announce) => announce.Table.Announce(connection, [announce.announcement], announce.Item3),
            (Table, announcement, timeProvider.GetUtcNow()),
            cancellationToken);
        ImmutableInterlocked.AddOrUpdate(ref _own, announcement.RegistrationId, announcement, (_, _) => announcement);
        Forget();
    }

    private async ValueTask RemoveAsync(string registrationId)
    {
        ImmutableInterlocked.TryRemove(ref _own, registrationId, out _);
        await Database.WriteAsync(
            static (connection, remove) => remove.Table.Remove(connection, remove.registrationId), (Table, registrationId), CancellationToken.None);
        Forget();
    }

    /// <summary>What was read before this process's own change is not to be used, nor what is being read at the moment.</summary>
    private void Forget()
    {
        Interlocked.Increment(ref _ownVersion);
        Volatile.Write(ref _snapshot, null);
    }

    private ValueTask<HostSnapshot> FreshAsync(CancellationToken cancellationToken)
        => Volatile.Read(ref _snapshot) is { } snapshot && timeProvider.GetElapsedTime(snapshot.TakenAt) < Freshness
            ? ValueTask.FromResult(snapshot)
            : ReloadAsync(cancellationToken);

    private async ValueTask<HostSnapshot> ReloadAsync(CancellationToken cancellationToken)
    {
        var takenAt = timeProvider.GetTimestamp();
        var version = Volatile.Read(ref _ownVersion);
        var rows = await Database.ReadAsync(static (connection, table) => table.Read(connection), Table, cancellationToken);
        var snapshot = new HostSnapshot(rows.FindAll(IsAlive), takenAt);
        Volatile.Write(ref _snapshot, version == Volatile.Read(ref _ownVersion) ? snapshot : null);
        return snapshot;
    }

    private bool IsAlive(HostRow row)
    {
        // This process's own are there; others must have said so lately, and their process must not have ended since.
        if (row.Owner == _owner)
        {
            return true;
        }

        var age = timeProvider.GetUtcNow().ToUnixTimeSeconds() - row.LastUpdate;
        return age < options.UpdateInterval.TotalSeconds * 2 && (row.Owner is null || !OwnerId.IsDead(row.Owner));
    }

    private async Task RunAsync()
    {
        // Twice in an interval: daprd takes a host for gone as soon as one interval has passed.
        using var timer = new PeriodicTimer(options.UpdateInterval / 2, timeProvider);
        var cleanedAt = timeProvider.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var cleanUp = options.CleanupInterval > TimeSpan.Zero && timeProvider.GetElapsedTime(cleanedAt) >= options.CleanupInterval;
                cleanedAt = cleanUp ? timeProvider.GetTimestamp() : cleanedAt;
                await RenewAsync(cleanUp);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The resolver closes.
        }
    }

    private async Task RenewAsync(bool cleanUp)
    {
        try
        {
            await Database.WriteAsync(
                static (connection, renew) =>
                {
                    // Read here, on the writer: a sidecar that was taken back a moment ago must not come back.
                    renew.Resolver.Table.Announce(connection, [.. renew.Resolver._own.Values], renew.Now);
                    if (renew.cleanUp)
                    {
                        renew.Resolver.Table.CleanUp(connection, renew.Before);
                    }
                },
                (Resolver: this, Now: timeProvider.GetUtcNow(), cleanUp, Before: ForgottenBefore()),
                _stop.Token);
        }
        catch (SqliteException exception)
        {
            Log.RenewFailed(logger, exception);
        }
    }

    private sealed class Registration(SqliteNameResolver resolver, string registrationId) : INameRegistration
    {
        public async ValueTask SetActorTypesAsync(IReadOnlyList<string> actorTypes, CancellationToken cancellationToken)
        {
            if (resolver._own.TryGetValue(registrationId, out var announcement))
            {
                await resolver.AnnounceAsync(announcement with { ActorTypes = actorTypes }, cancellationToken);
            }
        }

        public ValueTask DisposeAsync() => resolver._own.ContainsKey(registrationId) ? resolver.RemoveAsync(registrationId) : ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(2221, LogLevel.Warning, "This process's sidecars could not be announced again; trying again")]
        public static partial void RenewFailed(ILogger logger, Exception exception);
    }
}
