using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>The one connection to the server that all channels share; made again when it breaks, for as long as it takes.</summary>
internal sealed partial class BrokerConnection(ServerOptions options, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ServerDialer _dialer = new(options);
    private volatile IConnection? _connection;
    private volatile Exception? _lastFault;
    private Task<IConnection>? _connecting;

    public ServerOptions Options => options;

    /// <summary>Connects for the first time. A server that is down is waited for; a login that is refused is not tried again.</summary>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        BrokerException? fault = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _connection = await _dialer.DialAsync(cancellationToken);
                return;
            }
            catch (BrokerException exception)
            {
                fault = exception;
            }
            catch (OperationCanceledException) when (fault is not null)
            {
                throw fault;
            }

            try
            {
                await Task.Delay(PauseAfter(attempt), timeProvider, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Whoever waited is told what for.
                throw fault;
            }
        }
    }

    /// <summary>The connection; waits for it while it is made again.</summary>
    /// <exception cref="BrokerException">It could not be made in time.</exception>
    public async ValueTask<IConnection> GetAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } connection)
        {
            return connection;
        }

        try
        {
            return await ConnectAgainAsync().WaitAsync(patience, timeProvider, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new BrokerException(
                _lastFault?.Message ?? $"there is no connection to RabbitMQ at {options.Address}", exception, mayPass: false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Task? connecting;
        lock (_lock)
        {
            connecting = _connecting;
        }

        if (connecting is not null)
        {
            await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_connection is { } connection)
        {
            await connection.CloseAsync(Constants.ReplySuccess, "the component is closed", Farewell, abort: true);
            await connection.DisposeAsync();
        }
    }

    /// <summary>One who tries, and all who wait for the same.</summary>
    private Task<IConnection> ConnectAgainAsync()
    {
        lock (_lock)
        {
            if (_connection is { IsOpen: true } connection)
            {
                return Task.FromResult(connection);
            }

            return _connecting is { IsCompleted: false } ? _connecting : _connecting = ReconnectAsync();
        }
    }

    private async Task<IConnection> ReconnectAsync()
    {
        // Not under the caller's lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (_connection is { } broken)
        {
            Log.Lost(logger, options.Address, broken.CloseReason?.ReplyText ?? "it broke");
            await broken.DisposeAsync();
        }

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var connection = await _dialer.DialAsync(_closing.Token);
                _connection = connection;
                _lastFault = null;
                Log.Reconnected(logger, options.Address);
                return connection;
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                // A login that is refused now was good before: somebody is changing it.
                if (_lastFault?.Message != exception.Message)
                {
                    Log.NotYet(logger, exception.Message);
                }

                _lastFault = exception;
            }

            await Task.Delay(PauseAfter(attempt), timeProvider, _closing.Token);
        }
    }

    /// <summary>Twice as long after each try, up to what the component says.</summary>
    private TimeSpan PauseAfter(int attempt)
    {
        var pause = ShortestPause * Math.Pow(2, Math.Min(attempt, 20));
        return pause < options.ReconnectWait ? pause : options.ReconnectWait;
    }

    private static partial class Log
    {
        [LoggerMessage(3501, LogLevel.Warning, "The connection to RabbitMQ at {Address} was lost: {Reason}")]
        public static partial void Lost(ILogger logger, string address, string reason);

        [LoggerMessage(3502, LogLevel.Warning, "RabbitMQ is tried again: {Reason}")]
        public static partial void NotYet(ILogger logger, string reason);

        [LoggerMessage(3503, LogLevel.Information, "Connected to RabbitMQ at {Address} again")]
        public static partial void Reconnected(ILogger logger, string address);
    }
}
