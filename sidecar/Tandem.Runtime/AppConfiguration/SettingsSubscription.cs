namespace Tandem.Runtime.AppConfiguration;

/// <summary>A running subscription to changes of settings.</summary>
public sealed class SettingsSubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly IAsyncDisposable _source;
    private int _isDisposed;

    internal SettingsSubscription(string storeName, string id, IAsyncDisposable source)
    {
        StoreName = storeName;
        Id = id;
        _source = source;
        Ended = _ended.Token;
    }

    /// <summary>By what it is unsubscribed.</summary>
    public string Id { get; }

    /// <summary>Cancelled when somebody unsubscribed it, or the sidecar stops.</summary>
    public CancellationToken Ended { get; }

    internal string StoreName { get; }

    /// <summary>Ends it; a handler that runs ends first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            await _source.DisposeAsync().ConfigureAwait(false);
            _ended.Dispose();
        }
    }
}
