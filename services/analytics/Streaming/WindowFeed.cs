namespace Tandem.Analytics;

/// <summary>Tells those who watch in this process that a window was closed.</summary>
internal sealed class WindowFeed
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next closing. Ask before reading the windows, so that no closing falls in between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>A window was closed, and it is committed.</summary>
    public void Changed()
        => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
