using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace Tandem.Components.Redis.Client;

/// <summary>
/// One command's place in the line for replies, used again and again. A caller that gives up leaves the line: the reply is then
/// dropped when it comes, and the place is not used again.
/// </summary>
internal sealed class PendingReply : IValueTaskSource<RedisReply>
{
    private const int Waiting = 0;
    private const int Answered = 1;
    private const int Abandoned = 2;

    private static readonly ObjectPool<PendingReply> Pool = new DefaultObjectPool<PendingReply>(new DefaultPooledObjectPolicy<PendingReply>(), 4096);

    private ManualResetValueTaskSourceCore<RedisReply> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellationToken;
    private int _state;

    /// <summary>The number of the command on its connection.</summary>
    public long Number { get; set; }

    /// <summary>How many replies are to come; the last one is the answer.</summary>
    public int Replies { get; set; }

    /// <summary>When the command was handed over, as the clock's timestamp.</summary>
    public long Since { get; set; }

    public ValueTask<RedisReply> Task => new(this, _core.Version);

    public static PendingReply Rent(CancellationToken cancellationToken)
    {
        var pending = Pool.Get();
        if (cancellationToken.CanBeCanceled)
        {
            pending._cancellationToken = cancellationToken;
            pending._registration = cancellationToken.UnsafeRegister(static state => ((PendingReply)state!).Abandon(), pending);
        }

        return pending;
    }

    public void SetReply(RedisReply reply)
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Waiting) == Waiting)
        {
            _core.SetResult(reply);
        }
    }

    public void SetException(Exception exception)
    {
        if (Interlocked.CompareExchange(ref _state, Answered, Waiting) == Waiting)
        {
            _core.SetException(exception);
        }
    }

    /// <summary>Gives back a place that never stood in line.</summary>
    public void Return()
    {
        _registration.Dispose();
        if (_state == Waiting)
        {
            Reset();
        }
    }

    public RedisReply GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            if (_state == Answered)
            {
                Reset();
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting)
        {
            _core.SetException(new OperationCanceledException(_cancellationToken));
        }
    }

    private void Reset()
    {
        _registration = default;
        _cancellationToken = default;
        _state = Waiting;
        _core.Reset();
        Pool.Return(this);
    }
}
