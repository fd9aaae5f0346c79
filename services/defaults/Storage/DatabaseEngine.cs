using System.Data.Common;

namespace Tandem.ServiceDefaults;

/// <summary>What differs between the databases that a service can use; everything else is portable SQL.</summary>
internal abstract class DatabaseEngine : IAsyncDisposable
{
    /// <summary>The name in the file names of migrations that are for this engine alone, such as <c>002_search.sqlite.sql</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Opens a connection for reading. The caller disposes it.</summary>
    public abstract ValueTask<DbConnection> OpenReaderAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that may write. The caller disposes the lease, which rolls back what is not committed.</summary>
    public abstract ValueTask<WriteLease> BeginWriteAsync(CancellationToken cancellationToken);

    /// <summary>Whether the same transaction may succeed when it is tried again.</summary>
    public abstract bool IsTransient(DbException exception);

    /// <summary>Whether a row with this key is there already.</summary>
    public abstract bool IsUniqueViolation(DbException exception);

    public abstract ValueTask DisposeAsync();

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
