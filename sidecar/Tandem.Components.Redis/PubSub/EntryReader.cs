using Microsoft.Extensions.Logging;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>Reads new entries on a connection of its own, as many at once as there are, and makes that connection again when it breaks.</summary>
internal sealed partial class EntryReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly GroupStream _stream;
    private readonly RedisPubSubOptions _options;
    private readonly PendingEntries _pending;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _block;
    private readonly Task _reading;
    private volatile string? _connectionId;

    public EntryReader(GroupStream stream, RedisPubSubOptions options, PendingEntries pending, TimeProvider timeProvider, ILogger logger)
    {
        _stream = stream;
        _options = options;
        _pending = pending;
        _timeProvider = timeProvider;
        _logger = logger;
        var readTimeout = stream.Client.Options.ReadTimeout;
        _block = readTimeout > TimeSpan.Zero ? readTimeout : TimeSpan.FromSeconds(5);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Ends the reading: what waits at the server is woken, so that nothing is handed out to a connection that is going.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        while (!_reading.IsCompleted)
        {
            try
            {
                if (_connectionId is { } id)
                {
                    await _stream.Client.ExecuteAsync(new TextCommand("CLIENT", "UNBLOCK", id), CancellationToken.None);
                }
            }
            catch (Exception exception) when (exception is RedisException or RedisUnavailableException or OperationCanceledException)
            {
                // Then the wait at the server ends by itself, or with the connection.
                await _reading;
            }

            await Task.WhenAny(_reading, Task.Delay(Patience, _timeProvider));
        }

        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        for (var failures = 0; !_stop.IsCancellationRequested;)
        {
            try
            {
                await using var socket = await _stream.Client.OpenAsync(_stop.Token);
                var id = await socket.ExecuteAsync(new TextCommand("CLIENT", "ID"), _block, _stop.Token);
                _connectionId = id.Text;
                if (failures > 0)
                {
                    Log.Again(_logger, _stream.Topic);
                    failures = 0;
                }

                await ReadAsync(socket);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (failures++ == 0)
                {
                    Log.Interrupted(_logger, _stream.Topic, exception.Message);
                }
            }

            _connectionId = null;
            if (failures > 0)
            {
                var pause = _stream.Client.Options.DelayBefore(failures);
                await Task.Delay(pause < MaxPause ? pause : MaxPause, _timeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ReadAsync(RedisSocket socket)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                foreach (var entry in await _stream.ReadNewAsync(socket, _options.QueueDepth, _block, CancellationToken.None))
                {
                    await _pending.AddAsync(entry);
                }
            }
            catch (RedisException exception) when (exception.Is("NOGROUP"))
            {
                // The server lost its data, or somebody deleted the stream: begin with what is there now.
                await _stream.CreateGroupAsync(_stop.Token);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3111, LogLevel.Warning, "Reading topic {Topic} is interrupted, and tried again until it works: {Reason}")]
        public static partial void Interrupted(ILogger logger, string topic, string reason);

        [LoggerMessage(3112, LogLevel.Information, "Topic {Topic} is read again")]
        public static partial void Again(ILogger logger, string topic);
    }
}
