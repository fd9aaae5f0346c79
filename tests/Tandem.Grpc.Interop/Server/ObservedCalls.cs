using System.Collections.Concurrent;
using Tandem.Interop.V1;

namespace Tandem.Interop.Server;

/// <summary>The calls by the names that their callers gave them.</summary>
internal sealed class ObservedCalls
{
    private readonly ConcurrentDictionary<string, ObservedCall> _calls = new();

    public ObservedCall this[string id] => _calls.GetOrAdd(id, static _ => new ObservedCall());
}

/// <summary>What the server knows of one call, to be waited on.</summary>
internal sealed class ObservedCall
{
    private readonly Lock _lock = new();
    private readonly Observation _observation = new() { DeadlineMs = -1 };
    private TaskCompletionSource _changed = New();

    /// <summary>Set when the caller lets a held call go on.</summary>
    public TaskCompletionSource Released { get; } = New();

    public int Received => Read(static observation => observation.Received);

    public void Change(Action<Observation> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change(_observation);
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    public async Task<Observation> WaitAsync(ObserveRequest wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if ((wanted.State == CallState.Unspecified || wanted.State == _observation.State)
                    && _observation.Received >= wanted.Received && _observation.Sent >= wanted.Sent)
                {
                    return _observation.Clone();
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private int Read(Func<Observation, int> read)
    {
        lock (_lock)
        {
            return read(_observation);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
