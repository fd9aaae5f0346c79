using Microsoft.Extensions.Logging;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.Configuration;

/// <summary>
/// Listens to the server's keyspace notifications, on one connection of its own for all subscriptions, as long as there are any. A
/// connection that broke, or fell silent, is made again; every subscription then hears that it may have missed something.
/// </summary>
internal sealed partial class KeyspaceListener(RedisClient client, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly List<SettingsSubscription> _subscriptions = [];
    private readonly string _prefix = $"__keyspace@{client.Options.Database}__:";
    private volatile RedisSocket? _socket;
    private Task? _listening;

    /// <summary>Adds a subscription; when this returns, the server tells of its keys.</summary>
    public async Task AddAsync(SettingsSubscription subscription, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            lock (_subscriptions)
            {
                _subscriptions.Add(subscription);
            }

            if (_listening is null)
            {
                await AllowNotificationsAsync(cancellationToken);
                var socket = await OpenAsync(cancellationToken);
                _listening = Task.Run(() => ListenAsync(socket), CancellationToken.None);
            }
            else if (_socket is { } socket)
            {
                await WriteAsync(socket, SubscribeTo(subscription), cancellationToken);
                // The server takes commands in order: once another connection is answered, this one was heard too, or is broken.
                await client.ExecuteAsync(new TextCommand("PING"), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException && !_stop.IsCancellationRequested)
        {
            // The connection just broke: the next one will have this subscription's keys.
            Log.Interrupted(logger, exception.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Forgets a subscription. The server may go on telling of its keys; nobody listens.</summary>
    public async Task RemoveAsync(SettingsSubscription subscription)
    {
        lock (_subscriptions)
        {
            _subscriptions.Remove(subscription);
        }

        await subscription.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _changing.WaitAsync();
        _socket?.Abort();
        await (_listening ?? Task.CompletedTask);
        foreach (var subscription in All())
        {
            await RemoveAsync(subscription);
        }

        _changing.Dispose();
        _writing.Dispose();
        _stop.Dispose();
    }

    /// <summary>Adds to what the server tells of: changes of any kind, by key.</summary>
    private async Task AllowNotificationsAsync(CancellationToken cancellationToken)
    {
        const string Wanted = "KA";
        try
        {
            var setting = (await client.ExecuteAsync(new TextCommand("CONFIG", "GET", "notify-keyspace-events"), cancellationToken)).Items;
            var flags = setting.Length == 2 ? setting[1].Text : "";
            if (Wanted.Any(flag => !flags.Contains(flag, StringComparison.Ordinal)))
            {
                await client.ExecuteAsync(new TextCommand("CONFIG", "SET", "notify-keyspace-events", string.Concat(flags.Union(Wanted))), cancellationToken);
            }
        }
        catch (RedisException exception)
        {
            // A managed server may not let anyone change its settings; then its owner must have made this one.
            Log.NotAllowed(logger, exception.Message);
        }
    }

    private async Task<RedisSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = await client.OpenAsync(cancellationToken);
        try
        {
            foreach (var subscription in All())
            {
                await socket.WriteAsync(SubscribeTo(subscription), cancellationToken);
            }

            _socket = socket;
            await client.ExecuteAsync(new TextCommand("PING"), cancellationToken);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }
    }

    private async Task ListenAsync(RedisSocket? socket)
    {
        for (var failures = 0; ;)
        {
            try
            {
                if (socket is null)
                {
                    // A server that was restarted knows nothing of what it was told.
                    await AllowNotificationsAsync(_stop.Token);
                    socket = await OpenAsync(_stop.Token);
                    foreach (var subscription in All())
                    {
                        subscription.HearNothingCertain();
                    }

                    Log.Again(logger);
                    failures = 0;
                }

                await ReadAsync(socket);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                if (failures++ == 0)
                {
                    Log.Interrupted(logger, exception.Message);
                }
            }
            finally
            {
                _socket = null;
                if (socket is not null)
                {
                    await socket.DisposeAsync();
                    socket = null;
                }
            }

            var pause = client.Options.DelayBefore(failures);
            await Task.Delay(pause < MaxPause ? pause : MaxPause, timeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(RedisSocket socket)
    {
        using var pinging = timeProvider.CreateTimer(_ => _ = PingAsync(socket), null, PingInterval, PingInterval);
        var silence = PingInterval + client.Options.DialTimeout;
        while (true)
        {
            using var timeout = new CancellationTokenSource(silence, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            RedisReply[] message;
            try
            {
                message = (await socket.Reader.ReadAsync(either.Token)).Items;
            }
            catch (OperationCanceledException exception) when (!_stop.IsCancellationRequested)
            {
                throw new IOException($"the server was silent for {silence.TotalSeconds} s", exception);
            }

            if (message is [var kind, _, ..] && kind.Text is "message" or "pmessage" && message[^2].Text is { } channel && channel.StartsWith(_prefix, StringComparison.Ordinal))
            {
                Tell(channel[_prefix.Length..]);
            }
        }
    }

    private void Tell(string key)
    {
        foreach (var subscription in All())
        {
            if (subscription.Keys.Count == 0 || subscription.Keys.Contains(key))
            {
                subscription.Hear(key);
            }
        }
    }

    private async Task PingAsync(RedisSocket socket)
    {
        try
        {
            await WriteAsync(socket, new TextCommand("PING"), _stop.Token);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The reader sees it too.
        }
    }

    private async Task WriteAsync(RedisSocket socket, TextCommand command, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await socket.WriteAsync(command, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private TextCommand SubscribeTo(SettingsSubscription subscription)
        => subscription.Keys.Count == 0
            ? new TextCommand("PSUBSCRIBE", _prefix + "*")
            : new TextCommand(["SUBSCRIBE", .. subscription.Keys.Select(key => _prefix + key)]);

    private List<SettingsSubscription> All()
    {
        lock (_subscriptions)
        {
            return [.. _subscriptions];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3211, LogLevel.Warning, "Listening for changed settings is interrupted, and tried again until it works: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);

        [LoggerMessage(3212, LogLevel.Information, "Changed settings are listened for again")]
        public static partial void Again(ILogger logger);

        [LoggerMessage(3213, LogLevel.Warning, "The server does not let its setting notify-keyspace-events be seen to; changes are heard of only if it contains KA: {Reason}")]
        public static partial void NotAllowed(ILogger logger, string reason);
    }
}
