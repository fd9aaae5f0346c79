using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>
/// The way to one server: a pool of connections, made again when they break. What was not carried out, or may be carried out twice, is tried
/// again a few times while the server is away.
/// </summary>
internal sealed partial class PostgreSqlClient : IAsyncDisposable
{
    private const int MostRetries = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lazy<NpgsqlDataSource> _source;
    private readonly Lazy<NpgsqlDataSource> _ownSource;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private int _isAway;

    public PostgreSqlClient(PostgreSqlOptions options, TimeProvider timeProvider, ILogger logger)
    {
        Options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _source = new Lazy<NpgsqlDataSource>(() => Build(options.Driver));
        _ownSource = new Lazy<NpgsqlDataSource>(() => Build(new NpgsqlConnectionStringBuilder(options.Driver.ConnectionString) { Pooling = false, KeepAlive = 10 }));
    }

    public PostgreSqlOptions Options { get; }

    /// <summary>
    /// Waits until the server takes connections. What only a person can mend (a wrong password, an unknown host) is said at once; when the
    /// wait is given up, the reason is why the last try failed.
    /// </summary>
    public async ValueTask InitializeAsync(Func<NpgsqlConnection, CancellationToken, Task> prepare, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        Exception? last = null;
        while (true)
        {
            try
            {
                await using var connection = await _source.Value.OpenConnectionAsync(cancellationToken);
                await prepare(connection, cancellationToken);
                return;
            }
            catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw last is null ? new PostgreSqlUnavailableException($"PostgreSQL at {Options.Address} does not answer", exception) : Unavailable(last);
            }
            catch (Exception exception) when (Faults.NeedsChange(exception, Options) is { } fault)
            {
                throw fault;
            }
            catch (Exception exception) when (Faults.IsAway(exception))
            {
                if (last is null)
                {
                    Log.Waiting(_logger, Options.Address, Faults.Reason(exception));
                }

                last = exception;
            }

            await Task.Delay(pause, _timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = Longer(pause);
        }
    }

    /// <summary>Does something on a connection of the pool.</summary>
    /// <param name="mayRepeat">Whether doing it twice does no harm, so that it is tried again also when the connection broke in the middle.</param>
    /// <exception cref="PostgreSqlUnavailableException">The server cannot be reached.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> RunAsync<TArgument, TResult>(
        Func<NpgsqlConnection, TArgument, CancellationToken, ValueTask<TResult>> work, TArgument argument, bool mayRepeat, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var retries = 0; ; retries++)
        {
            NpgsqlConnection? connection = null;
            Exception failure;
            try
            {
                connection = await _source.Value.OpenConnectionAsync(cancellationToken);
                var result = await work(connection, argument, cancellationToken);
                if (Volatile.Read(ref _isAway) != 0 && Interlocked.Exchange(ref _isAway, 0) != 0)
                {
                    Log.Reconnected(_logger, Options.Address);
                }

                return result;
            }
            catch (Exception exception) when (Faults.IsCollision(exception) && retries < MostRetries)
            {
                failure = exception;
            }
            catch (Exception exception) when (Faults.IsAway(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _isAway, 1) == 0)
                {
                    Log.Away(_logger, Options.Address, Faults.Reason(exception));
                }

                // The others of the pool broke at the same moment: nobody is to find that out one by one.
                _source.Value.Clear();
                if (retries == MostRetries || (connection is not null && !mayRepeat))
                {
                    throw Unavailable(exception);
                }

                failure = exception;
            }
            finally
            {
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                }
            }

            Log.Again(_logger, Faults.Reason(failure));
            // Not all at once: those who met once would meet again.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), _timeProvider, cancellationToken);
            pause = Longer(pause);
        }
    }

    /// <summary>A connection of the caller's own, for what listens; it is not of the pool.</summary>
    public ValueTask<NpgsqlConnection> OpenOwnAsync(CancellationToken cancellationToken) => _ownSource.Value.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in (Lazy<NpgsqlDataSource>[])[_source, _ownSource])
        {
            if (source.IsValueCreated)
            {
                await source.Value.DisposeAsync();
            }
        }
    }

    /// <summary>What callers are told of a server that is away.</summary>
    public PostgreSqlUnavailableException Unavailable(Exception exception) => new($"PostgreSQL at {Options.Address} cannot be reached: {Faults.Reason(exception)}", exception);

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (Options.CertificateHost is { } host)
        {
            builder.UseSslClientAuthenticationOptionsCallback(tls => tls.TargetHost = host);
        }

        return builder.Build();
    }

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Warning, "Waiting for PostgreSQL at {Address}: {Reason}")]
        public static partial void Waiting(ILogger logger, string address, string reason);

        [LoggerMessage(3302, LogLevel.Warning, "PostgreSQL at {Address} is away: {Reason}")]
        public static partial void Away(ILogger logger, string address, string reason);

        [LoggerMessage(3303, LogLevel.Information, "Connected to PostgreSQL at {Address} again")]
        public static partial void Reconnected(ILogger logger, string address);

        [LoggerMessage(3304, LogLevel.Debug, "An operation is tried again: {Reason}")]
        public static partial void Again(ILogger logger, string reason);
    }
}
