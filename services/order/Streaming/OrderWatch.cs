using System.Collections.Concurrent;

namespace Tandem.Order;

/// <summary>Tells those who watch an order in this process that it has changed.</summary>
internal sealed class OrderWatch
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes at the next change of the order. Ask before reading the order, so that no change falls in between.</summary>
    public Task NextAsync(string orderId)
        => _waiting.GetOrAdd(orderId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The order has a new status, and it is committed.</summary>
    public void Changed(string orderId)
    {
        if (_waiting.TryRemove(orderId, out var waiting))
        {
            waiting.SetResult();
        }
    }
}
