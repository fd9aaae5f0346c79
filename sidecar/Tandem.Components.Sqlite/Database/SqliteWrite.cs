namespace Tandem.Components.Sqlite.Database;

/// <summary>A write that waits for its turn, and its caller who waits for the answer.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Whether the write may run: false once its caller gave up.</summary>
    public abstract bool TryStart();

    /// <summary>Runs the write inside the transaction; what it answers is kept until the commit.</summary>
    public abstract void Run(SqliteConnection connection);

    /// <summary>Remembers why the write failed; the others of its group are not touched.</summary>
    public abstract void Reject(Exception exception);

    /// <summary>Answers the caller after the commit.</summary>
    public abstract void Complete();
}

/// <inheritdoc/>
internal sealed class SqliteWrite<TState, TResult>(Func<SqliteConnection, TState, TResult> work, TState state, CancellationToken cancellationToken)
    : SqliteWrite
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult _result = default!;
    private Exception? _fault;

    public Task<TResult> Answer => _answer.Task;

    public override bool TryStart()
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }

        _answer.TrySetCanceled(cancellationToken);
        return false;
    }

    public override void Run(SqliteConnection connection) => _result = work(connection, state);

    public override void Reject(Exception exception) => _fault = exception;

    public override void Complete()
    {
        if (_fault is null)
        {
            _answer.TrySetResult(_result);
        }
        else
        {
            _answer.TrySetException(_fault);
        }
    }
}
