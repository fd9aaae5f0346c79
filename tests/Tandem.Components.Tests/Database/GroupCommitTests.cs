using Tandem.Components.Sqlite.Database;
using Tandem.Testing;

namespace Tandem.Components.Tests.Database;

public sealed class GroupCommitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_ManyWhileOneRuns_ShareACommit()
    {
        await using var database = await OpenAsync();
        var (first, release) = await BlockAsync(database);
        var before = database.Commits;

        var waiting = Enumerable.Range(0, 100).Select(i => InsertAsync(database, i)).ToArray();
        release();
        await Task.WhenAll([first, .. waiting]).WithinAsync();

        Assert.Equal(2, database.Commits - before);
        Assert.Equal(100, await CountAsync(database));
    }

    [Fact]
    public async Task Write_OneOfTheGroupFails_TheOthersAreKept()
    {
        await using var database = await OpenAsync();
        var (first, release) = await BlockAsync(database);

        var good = InsertAsync(database, 1);
        var bad = InsertAsync(database, 1);
        var undone = database.WriteAsync(
            static (connection, _) =>
            {
                Insert(connection, 2);
                connection.UndoWrite();
                return "undone";
            },
            0,
            default).AsTask();
        var other = InsertAsync(database, 3);
        release();

        await Task.WhenAll(first, good, other).WithinAsync();
        var fault = await Assert.ThrowsAsync<SqliteException>(() => bad.WithinAsync());
        Assert.Contains("UNIQUE", fault.Message, StringComparison.Ordinal);
        Assert.Equal("undone", await undone);
        Assert.Equal(2, await CountAsync(database));
    }

    [Fact]
    public async Task Write_CallerGaveUpBeforeItsTurn_LeavesNothing()
    {
        await using var database = await OpenAsync();
        var (first, release) = await BlockAsync(database);
        using var cancellation = new CancellationTokenSource();

        var cancelled = InsertAsync(database, 1, cancellation.Token);
        await cancellation.CancelAsync();
        release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WithinAsync());
        await first;
        Assert.Equal(0, await CountAsync(database));
    }

    [Fact]
    public async Task Write_AnotherProcessHoldsTheFile_WaitsForIt()
    {
        await using var database = await OpenAsync();
        using var other = SqliteConnection.Open(new SqliteOptions { Path = _folder["test.db"] }, readOnly: false);
        other.Execute("BEGIN IMMEDIATE");

        var write = InsertAsync(database, 1);
        Assert.Equal(0, other.ReadInt64("SELECT count(*) FROM numbers"));
        Assert.False(write.IsCompleted);
        other.Execute("COMMIT");
        await write.WithinAsync();
        Assert.Equal(1, other.ReadInt64("SELECT count(*) FROM numbers"));
    }

    [Fact]
    public async Task Write_AnotherProcessHoldsTheFileTooLong_FailsAndRecovers()
    {
        await using var database = await OpenAsync(timeout: TimeSpan.FromMilliseconds(50));
        using var other = SqliteConnection.Open(new SqliteOptions { Path = _folder["test.db"] }, readOnly: false);
        other.Execute("BEGIN IMMEDIATE");

        var fault = await Assert.ThrowsAsync<SqliteException>(() => InsertAsync(database, 1).WithinAsync());
        Assert.True(fault.IsBusy);
        other.Execute("COMMIT");
        await InsertAsync(database, 2).WithinAsync();
        Assert.Equal(1, await CountAsync(database));
    }

    [Fact]
    public async Task Dispose_WritesWait_CommitsThemFirst()
    {
        var database = await OpenAsync();
        var (first, release) = await BlockAsync(database);
        var waiting = Enumerable.Range(0, 10).Select(i => InsertAsync(database, i)).ToArray();

        var closing = database.DisposeAsync().AsTask();
        release();
        await Task.WhenAll([first, closing, .. waiting]).WithinAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync(database, 11));
        await using var again = await OpenAsync();
        Assert.Equal(10, await CountAsync(again));
    }

    [Fact]
    public async Task Acquire_OneFileTwice_IsOneDatabase()
    {
        var options = new SqliteOptions { Path = _folder["shared.db"] };
        var first = SqliteDatabase.Acquire(options);
        var second = SqliteDatabase.Acquire(options);
        Assert.Same(first, second);

        await first.DisposeAsync();
        Assert.Equal(3, await second.WriteAsync(static (connection, _) => connection.ReadInt64("SELECT 3"), 0, default));
        await second.DisposeAsync();
        await using var third = SqliteDatabase.Acquire(options);
        Assert.NotSame(first, third);
    }

    private static async Task<(Task First, Action Release)> BlockAsync(SqliteDatabase database)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new ManualResetEventSlim();
        var first = database.WriteAsync(
            static (_, gate) =>
            {
                gate.started.SetResult();
                return gate.release.Wait(TimeSpan.FromSeconds(30));
            },
            (started, release),
            default).AsTask();
        await started.Task.WithinAsync();
        return (first, release.Set);
    }

    private static void Insert(SqliteConnection connection, long number)
    {
        using var statement = connection.Prepare("INSERT INTO numbers (number) VALUES (?1)");
        statement.Bind(1, number).Run();
    }

    private static Task InsertAsync(SqliteDatabase database, long number, CancellationToken cancellationToken = default)
        => database.WriteAsync(Insert, number, cancellationToken).AsTask();

    private static ValueTask<long> CountAsync(SqliteDatabase database)
        => database.ReadAsync(static (connection, _) => connection.ReadInt64("SELECT count(*) FROM numbers"), 0, default);

    private async Task<SqliteDatabase> OpenAsync(TimeSpan? timeout = null)
    {
        var database = SqliteDatabase.OpenApart(new SqliteOptions
        {
            Path = _folder["test.db"],
            Timeout = timeout ?? TimeSpan.FromSeconds(20),
            BusyTimeout = timeout ?? TimeSpan.FromSeconds(2),
        });
        await database.WriteAsync(
            static (connection, _) => connection.Execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY)"), 0, default);
        return database;
    }
}
