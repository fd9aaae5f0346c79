using System.Collections.Concurrent;

namespace Tandem.ServiceDefaults;

/// <summary>
/// What must be done before this service can serve: the port opens at once, and requests that come before are told to come back.
/// </summary>
public sealed class Readiness
{
    private readonly ConcurrentDictionary<string, bool> _pending = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isReady;

    /// <summary>Whether everything that was asked for is done. A service that asks for nothing is ready from its start.</summary>
    public bool IsReady => _isReady || _pending.IsEmpty;

    /// <summary>What is still awaited, for people.</summary>
    public IEnumerable<string> Pending => _pending.Keys;

    /// <summary>Says, before the host starts, that the service is not ready until <see cref="Complete"/> was called with the same name.</summary>
    public void Require(string what) => _pending[what] = true;

    /// <summary>Says that one of the things is done.</summary>
    public void Complete(string what)
    {
        _pending.TryRemove(what, out _);
        if (_pending.IsEmpty)
        {
            _isReady = true;
            _ready.TrySetResult();
        }
    }

    /// <summary>Completes when the service is ready.</summary>
    public Task WhenReadyAsync(CancellationToken cancellationToken)
        => IsReady ? Task.CompletedTask : _ready.Task.WaitAsync(cancellationToken);
}
