using System.Collections.Concurrent;

namespace Tandem.Components.Redis.Client;

/// <summary>
/// One connection that many callers share. Commands gather in a buffer while the one before is on its way, and go out together; replies
/// come back in the same order. When it breaks, it stays broken: everyone who waits is told.
/// </summary>
internal sealed class RedisConnection : IThreadPoolWorkItem, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<PendingReply> _line = new();
    private readonly RedisSocket _socket;
    private readonly RedisOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer? _watch;
    private readonly Task _reading;
    private RespBuffer _filling = new();
    private RespBuffer _sending = new();
    private Task _flushing = Task.CompletedTask;
    private bool _isFlushing;
    private long _lastNumber;
    private long _lastSent;
    private Exception? _fault;

    public RedisConnection(RedisSocket socket, RedisOptions options, TimeProvider timeProvider)
    {
        _socket = socket;
        _options = options;
        _timeProvider = timeProvider;
        if (options.ReadTimeout > TimeSpan.Zero)
        {
            var often = TimeSpan.FromTicks(Math.Max(options.ReadTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond));
            _watch = timeProvider.CreateTimer(static state => ((RedisConnection)state!).Watch(), this, often, often);
        }

        _reading = ReadAsync();
    }

    /// <summary>Whether commands can be given to it.</summary>
    public bool IsUp => Volatile.Read(ref _fault) is null;

    /// <summary>Sends a command; answers with its reply, also when that is an error.</summary>
    /// <exception cref="RedisUnavailableException">The connection broke.</exception>
    public ValueTask<RedisReply> SendAsync<TCommand>(TCommand command, CancellationToken cancellationToken)
        where TCommand : struct, IRedisCommand
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = PendingReply.Rent(cancellationToken);
        pending.Replies = command.Replies;
        pending.Since = _timeProvider.GetTimestamp();
        var reply = pending.Task;
        bool mustFlush;
        lock (_lock)
        {
            if (_fault is { } fault)
            {
                pending.Return();
                throw Lost(fault, wasSent: false);
            }

            var before = _filling.Written.Length;
            try
            {
                command.Write(_filling);
            }
            catch
            {
                _filling.Truncate(before);
                pending.Return();
                throw;
            }

            pending.Number = ++_lastNumber;
            _line.Enqueue(pending);
            mustFlush = !_isFlushing;
            _isFlushing = true;
        }

        if (mustFlush)
        {
            // Behind the work that waits already: the commands of that work go out in the same flush.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return reply;
    }

    void IThreadPoolWorkItem.Execute() => _flushing = FlushAsync();

    public async ValueTask DisposeAsync()
    {
        Fail(new ObjectDisposedException(nameof(RedisConnection), "the component is closed"));
        await _reading;
        await _flushing;
        await _socket.DisposeAsync();
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                lock (_lock)
                {
                    _sending.Clear();
                    if (_filling.IsEmpty || _fault is not null)
                    {
                        _isFlushing = false;
                        return;
                    }

                    (_filling, _sending) = (_sending, _filling);
                    _lastSent = _lastNumber;
                }

                await _socket.Stream.WriteAsync(_sending.Written);
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var reply = await _socket.Reader.ReadAsync(CancellationToken.None);
                if (!_line.TryPeek(out var pending))
                {
                    throw new IOException("the server sent a reply that nobody asked for");
                }

                if (--pending.Replies == 0)
                {
                    _line.TryDequeue(out _);
                    pending.SetReply(reply);
                }
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>A server that does not answer is as good as gone: replies come in order, so nobody behind the first would get one.</summary>
    private void Watch()
    {
        if (_line.TryPeek(out var first) && _timeProvider.GetElapsedTime(first.Since) > _options.ReadTimeout)
        {
            Fail(new TimeoutException($"no answer within {_options.ReadTimeout.TotalSeconds:0.###} s"));
        }
    }

    private void Fail(Exception exception)
    {
        long lastSent;
        lock (_lock)
        {
            if (_fault is not null)
            {
                return;
            }

            _fault = exception;
            lastSent = _lastSent;
        }

        _watch?.Dispose();
        _socket.Abort();
        while (_line.TryDequeue(out var pending))
        {
            pending.SetException(Lost(exception, wasSent: pending.Number <= lastSent));
        }
    }

    private RedisUnavailableException Lost(Exception fault, bool wasSent)
        => new($"the connection to Redis at {_options.Address} is lost: {fault.Message}", fault, wasSent);
}
