using System.Threading.Tasks.Sources;

namespace Tandem.Runtime.Actors.Turns;

/// <summary>What became of the wish for a turn.</summary>
internal enum TurnEntry
{
    /// <summary>The turn is the caller's; <see cref="ActorTurnLock.Exit"/> ends it.</summary>
    Entered,

    /// <summary>The actor was deactivated: look it up again.</summary>
    Closed,

    /// <summary>A chain of calls came back to the actor more often than its app allows.</summary>
    TooDeep,
}

/// <summary>
/// One turn at a time, in the order of arrival; a call that carries the reentrancy ID of the running turn joins it.
/// A free lock is taken without allocating, and one that is held costs one object for each call that waits.
/// </summary>
internal sealed class ActorTurnLock
{
    private readonly Lock _gate = new();
    private Waiter? _first;
    private Waiter? _last;
    private string? _holder;
    private int _depth;
    private bool _closed;

    /// <summary>Whether a turn runs now.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _depth > 0;
            }
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <param name="reentrancyId">The chain of calls that this one belongs to; <see langword="null"/> when the actor is not reentrant.</param>
    /// <param name="maxDepth">How many calls of a chain may be in one turn.</param>
    public ValueTask<TurnEntry> EnterAsync(string? reentrancyId, int maxDepth, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TurnEntry>(cancellationToken);
        }

        Waiter waiter;
        lock (_gate)
        {
            if (_closed)
            {
                return new(TurnEntry.Closed);
            }

            if (_depth == 0)
            {
                _depth = 1;
                _holder = reentrancyId;
                return new(TurnEntry.Entered);
            }

            if (reentrancyId is not null && reentrancyId == _holder)
            {
                if (_depth >= maxDepth)
                {
                    return new(TurnEntry.TooDeep);
                }

                _depth++;
                return new(TurnEntry.Entered);
            }

            waiter = new Waiter(this, reentrancyId) { Previous = _last, Queued = true };
            if (_last is null)
            {
                _first = waiter;
            }
            else
            {
                _last.Next = waiter;
            }

            _last = waiter;
        }

        waiter.WatchFor(cancellationToken);
        return waiter.AsTask();
    }

    /// <summary>Takes a free lock at once; <see langword="false"/> when a turn runs or the actor is closed.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_closed || _depth > 0)
            {
                return false;
            }

            _depth = 1;
            _holder = null;
            return true;
        }
    }

    /// <summary>Ends a turn (or leaves it, when it was joined); the next in line has it then.</summary>
    public void Exit()
    {
        Waiter? next;
        lock (_gate)
        {
            _depth--;
            if (_depth > 0)
            {
                return;
            }

            _holder = null;
            next = _first;
            if (next is null)
            {
                return;
            }

            Unlink(next);
            _depth = 1;
            _holder = next.ReentrancyId;
        }

        next.Complete(TurnEntry.Entered);
    }

    /// <summary>No further turns: all that wait, and all that come, are told to look the actor up again.</summary>
    public void Close()
    {
        Waiter? first;
        lock (_gate)
        {
            _closed = true;
            first = _first;
            for (var waiter = first; waiter is not null; waiter = waiter.Next)
            {
                waiter.Queued = false;
            }

            _first = _last = null;
        }

        while (first is not null)
        {
            var next = first.Next;
            first.Complete(TurnEntry.Closed);
            first = next;
        }
    }

    private void Unlink(Waiter waiter)
    {
        waiter.Queued = false;
        if (waiter.Previous is null)
        {
            _first = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }
    }

    private sealed class Waiter(ActorTurnLock owner, string? reentrancyId) : IValueTaskSource<TurnEntry>
    {
        private ManualResetValueTaskSourceCore<TurnEntry> _core = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _registration;

        public string? ReentrancyId => reentrancyId;

        public Waiter? Previous { get; set; }

        public Waiter? Next { get; set; }

        public bool Queued { get; set; }

        public ValueTask<TurnEntry> AsTask() => new(this, _core.Version);

        public void WatchFor(CancellationToken cancellationToken)
        {
            if (cancellationToken.CanBeCanceled)
            {
                _registration = cancellationToken.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).Cancel(token), this);
            }
        }

        public void Complete(TurnEntry entry) => _core.SetResult(entry);

        public TurnEntry GetResult(short token)
        {
            _registration.Unregister();
            return _core.GetResult(token);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
            => _core.OnCompleted(continuation, state, token, flags);

        private void Cancel(CancellationToken cancellationToken)
        {
            lock (owner._gate)
            {
                // Whoever takes it out of the queue completes it: nobody twice.
                if (!Queued)
                {
                    return;
                }

                owner.Unlink(this);
            }

            _core.SetException(new OperationCanceledException(cancellationToken));
        }
    }
}
