using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Tandem.Components.Redis.Client;

/// <summary>
/// The way to one server: few connections that all commands share, made again when they break. A command that was not carried out, or
/// may be carried out twice, is tried again as the component says.
/// </summary>
internal sealed partial class RedisClient(RedisOptions options, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly RedisConnection?[] _connections = new RedisConnection?[options.Connections];
    private readonly Task<RedisConnection>?[] _connecting = new Task<RedisConnection>?[options.Connections];
    private readonly CancellationTokenSource _closing = new();
    private uint _turn;

    public RedisOptions Options => options;

    /// <summary>Connects for the first time, so that a wrong address or password shows at the start.</summary>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await ConnectAsync(0).WaitAsync(cancellationToken);

    /// <summary>Carries out a command.</summary>
    /// <exception cref="RedisException">The server answered with an error.</exception>
    /// <exception cref="RedisUnavailableException">The server cannot be reached.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisReply> ExecuteAsync<TCommand>(TCommand command, CancellationToken cancellationToken)
        where TCommand : struct, IRedisCommand
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var slot = options.Connections == 1 ? 0 : (int)(Interlocked.Increment(ref _turn) % (uint)options.Connections);
                var connection = Volatile.Read(ref _connections[slot]);
                if (connection is not { IsUp: true })
                {
                    connection = await ConnectAsync(slot).WaitAsync(cancellationToken);
                }

                var reply = await connection.SendAsync(command, cancellationToken);
                if (reply.Kind is not ReplyKind.Error)
                {
                    return reply;
                }

                var error = new RedisException(reply.Text);
                if (attempt >= options.MaxRetries || !IsPassing(error))
                {
                    throw error;
                }
            }
            catch (RedisUnavailableException exception) when (attempt < options.MaxRetries && (!exception.WasSent || command.MayRepeat) && !_closing.IsCancellationRequested)
            {
                // Tried again below, on a new connection.
            }

            await Task.Delay(options.DelayBefore(attempt), timeProvider, cancellationToken);
        }
    }

    /// <summary>Runs a script, which the server may have to be told first.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisReply> RunAsync<TCall>(TCall call, CancellationToken cancellationToken)
        where TCall : struct, IScriptCall
    {
        try
        {
            return await ExecuteAsync(new ScriptCommand<TCall>(call, withSource: false), cancellationToken);
        }
        catch (RedisException exception) when (exception.Is("NOSCRIPT"))
        {
            return await ExecuteAsync(new ScriptCommand<TCall>(call, withSource: true), cancellationToken);
        }
    }

    /// <summary>A connection of the caller's own, for what blocks or listens.</summary>
    public Task<RedisSocket> OpenAsync(CancellationToken cancellationToken) => RedisSocket.ConnectAsync(options, timeProvider, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var connecting in _connecting)
        {
            if (connecting is not null)
            {
                await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        foreach (var connection in _connections)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>What the server says while it starts or changes its role; nothing was carried out.</summary>
    private static bool IsPassing(RedisException error) => error.Is("LOADING") || error.Is("MASTERDOWN") || error.Is("READONLY") || error.Is("TRYAGAIN");

    /// <summary>One attempt at a time for each connection; whoever comes meanwhile waits for the same.</summary>
    private Task<RedisConnection> ConnectAsync(int slot)
    {
        lock (_lock)
        {
            if (_connections[slot] is { IsUp: true } connection)
            {
                return Task.FromResult(connection);
            }

            if (_connecting[slot] is not { IsCompleted: false } connecting)
            {
                _connecting[slot] = connecting = ReplaceAsync(slot);
            }

            return connecting;
        }
    }

    private async Task<RedisConnection> ReplaceAsync(int slot)
    {
        // Not under the caller's lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var socket = await RedisSocket.ConnectAsync(options, timeProvider, _closing.Token);
        if (_connections[slot] is { } broken)
        {
            await broken.DisposeAsync();
            Log.Reconnected(logger, options.Address);
        }

        var connection = new RedisConnection(socket, options, timeProvider);
        Volatile.Write(ref _connections[slot], connection);
        return connection;
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Information, "Connected to Redis at {Address} again")]
        public static partial void Reconnected(ILogger logger, string address);
    }
}
