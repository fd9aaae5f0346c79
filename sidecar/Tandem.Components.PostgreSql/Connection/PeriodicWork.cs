namespace Tandem.Components.PostgreSql.Connection;

/// <summary>Does something now and then until it is disposed. What fails once is tried again the next time.</summary>
internal sealed class PeriodicWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="failed">Hears why the work failed; for the log.</param>
    public PeriodicWork(TimeSpan interval, TimeProvider timeProvider, Func<CancellationToken, Task> work, Action<Exception> failed)
        => _loop = RunAsync(interval, timeProvider, work, failed);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider timeProvider, Func<CancellationToken, Task> work, Action<Exception> failed)
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await work(_stop.Token);
                }
                catch (Exception exception) when (exception is Npgsql.NpgsqlException or PostgreSqlUnavailableException)
                {
                    failed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Its owner closes.
        }
    }
}
