namespace Tandem.Runtime.AppChannel;

/// <summary>What is delivered to the app at the moment, by key: one change at a time, and none once it is stopped.</summary>
internal sealed class RunningDeliveries<T> : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Dictionary<string, T> _running = new(StringComparer.Ordinal);
    private bool _stopped;

    /// <summary>Changes what runs.</summary>
    /// <returns>What the change answered; <see langword="true"/> once it is stopped.</returns>
    public async Task<bool> ChangeAsync(Func<Dictionary<string, T>, Task<bool>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _stopped || await change(_running).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends those that match; their handlers that run end first.</summary>
    public static async Task EndAsync(Dictionary<string, T> running, Func<string, T, bool> matches)
    {
        foreach (var (key, delivery) in running.Where(pair => matches(pair.Key, pair.Value)).ToList())
        {
            running.Remove(key);
            await delivery.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            _stopped = true;
            await Task.WhenAll(_running.Values.Select(static delivery => delivery.DisposeAsync().AsTask())).ConfigureAwait(false);
            _running.Clear();
        }
        finally
        {
            _changing.Release();
        }
    }
}
