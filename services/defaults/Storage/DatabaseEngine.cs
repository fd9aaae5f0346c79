using System.Data.Common;

namespace Tandem.ServiceDefaults;

/// <summary>What differs between the databases that a service can use; everything else is portable SQL.</summary>
internal abstract class DatabaseEngine : IAsyncDisposable
{
    /// <summary>The name in the file names of migrations that are for this engine alone, such as <c>002_search.sqlite.sql</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Makes what migrations need to be there before they run.</summary>
    public virtual Task PrepareAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Opens a connection for reading. The caller disposes it.</summary>
    public abstract ValueTask<DbConnection> OpenReaderAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction in which all statements see the same moment, on a connection for reading.</summary>
    public abstract ValueTask<DbTransaction> BeginReadAsync(DbConnection reader, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that may write. The caller disposes the lease, which rolls back what is not committed.</summary>
    public abstract ValueTask<WriteLease> BeginWriteAsync(CancellationToken cancellationToken);

    /// <summary>Whether the same transaction may succeed when it is tried again.</summary>
    public abstract bool IsTransient(DbException exception);

    /// <summary>Whether a commit that failed may have been carried out, as the answer can be lost on its way: then nobody may try again.</summary>
    public virtual bool LosesCommits => false;

    /// <summary>Whether a row with this key is there already.</summary>
    public abstract bool IsUniqueViolation(DbException exception);

    /// <summary>
    /// Makes this instance the one that does some work, of all that share the database, until the result is disposed; nothing when another
    /// one does it now.
    /// </summary>
    public virtual ValueTask<IAsyncDisposable?> TryLeadAsync(string work, CancellationToken cancellationToken) => ValueTask.FromResult<IAsyncDisposable?>(NoLead.Instance);

    public abstract ValueTask DisposeAsync();

    /// <summary>Where a database has one service instance, that one leads.</summary>
    private sealed class NoLead : IAsyncDisposable
    {
        public static NoLead Instance { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A transaction and what must be given back after it.</summary>
    internal readonly struct WriteLease(DbTransaction transaction, Func<ValueTask> release) : IAsyncDisposable
    {
        public DbTransaction Transaction { get; } = transaction;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Transaction.DisposeAsync();
            }
            finally
            {
                await release();
            }
        }
    }
}
