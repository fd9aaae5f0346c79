namespace Tandem.Runtime.AppChannel;

/// <summary>Whether the app is there, for all who want to know: healthy or not, and lost since it was last looked for.</summary>
internal sealed class AppPresence
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _unhealthy = Completed();
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isHealthy;
    private volatile bool _isPortOpen;

    /// <summary>Whether the app may be called.</summary>
    public bool IsHealthy => _isHealthy;

    /// <summary>Whether the app's port was seen open, and nothing has spoken against it since.</summary>
    public bool IsPortOpen => _isPortOpen;

    /// <summary>Completes when the app is healthy.</summary>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _healthy.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Completes when the app is not healthy.</summary>
    public Task WaitUntilUnhealthyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _unhealthy.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The app's port is open.</summary>
    /// <returns>Completes when the app is lost again.</returns>
    public Task Discover()
    {
        lock (_lock)
        {
            _isPortOpen = true;
            _lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _lost.Task;
        }
    }

    /// <summary>The app's port is not open, or not any more.</summary>
    public void Lose()
    {
        lock (_lock)
        {
            _isPortOpen = false;
            BecomeUnhealthy();
            _lost.TrySetResult();
        }
    }

    /// <summary>The app is healthy, unless it was lost meanwhile.</summary>
    public void SetHealthy()
    {
        lock (_lock)
        {
            if (!_lost.Task.IsCompleted)
            {
                _isHealthy = true;
                _unhealthy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _healthy.TrySetResult();
            }
        }
    }

    /// <summary>The app is not healthy.</summary>
    public void SetUnhealthy()
    {
        lock (_lock)
        {
            BecomeUnhealthy();
        }
    }

    private void BecomeUnhealthy()
    {
        if (_isHealthy)
        {
            _isHealthy = false;
            _healthy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _unhealthy.TrySetResult();
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
