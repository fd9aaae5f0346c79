using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.Configuration;

/// <summary>
/// Listens to the channel of the table's trigger, on one connection of its own for all subscriptions, from the first one on. A connection
/// that breaks is made again with growing pauses, and then every subscription looks for what it missed.
/// </summary>
internal sealed partial class NotificationListener(PostgreSqlConfigurationOptions options, PostgreSqlClient client, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly string _table = TableName.Bare(options.Table);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SettingsSubscription> _subscriptions = [];
    private Task? _listening;

    /// <summary>Tells the subscription of changes from now on; the server is listened to when this returns.</summary>
    public async Task AddAsync(SettingsSubscription subscription, CancellationToken cancellationToken)
    {
        lock (_subscriptions)
        {
            _subscriptions.Add(subscription);
        }

        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_listening is null)
            {
                NpgsqlConnection connection;
                try
                {
                    connection = await OpenAsync(cancellationToken);
                }
                catch (Exception exception) when (Faults.IsAway(exception))
                {
                    throw client.Unavailable(exception);
                }

                _listening = ListenAsync(connection);
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Forgets a subscription. The server may go on telling of changes; they are of no interest then.</summary>
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
        await (_listening ?? Task.CompletedTask);
        foreach (var subscription in All())
        {
            await RemoveAsync(subscription);
        }

        _starting.Dispose();
        _stop.Dispose();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await client.OpenOwnAsync(cancellationToken);
        try
        {
            connection.Notification += (_, notification) => Hear(notification.Payload);
            // The name was checked to be plain; a channel cannot be a parameter.
            await using var command = new NpgsqlCommand($"LISTEN \"{options.NotifyChannel}\"", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task ListenAsync(NpgsqlConnection? connection)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                if (connection is null)
                {
                    connection = await OpenAsync(_stop.Token);
                    pause = FirstPause;
                    Log.Again(logger);
                    foreach (var subscription in All())
                    {
                        subscription.HearNothingCertain();
                    }
                }

                while (true)
                {
                    await connection.WaitAsync(_stop.Token);
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is: a subscription that has begun lasts until it is ended.
                Log.Interrupted(logger, Faults.Reason(exception));
            }
            finally
            {
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                    connection = null;
                }
            }

            await Task.Delay(pause, timeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>What the trigger says: <c>{"table": …, "action": …, "data": {"key": …, …}}</c>.</summary>
    private void Hear(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.TryGetProperty("table", out var table) && table.GetString() is { } name && TableName.Bare(name) != _table)
            {
                return;
            }

            if (Find(root.GetProperty("data"), "key") is { } key)
            {
                Tell(key);
                return;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            Log.NotUnderstood(logger, options.NotifyChannel!);
        }

        // Something changed, and nobody knows what: all look.
        All().ForEach(static subscription => subscription.HearNothingCertain());
    }

    private static string? Find(JsonElement row, string name)
    {
        foreach (var column in row.EnumerateObject())
        {
            if (column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return column.Value.ToString();
            }
        }

        return null;
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

    private List<SettingsSubscription> All()
    {
        lock (_subscriptions)
        {
            return [.. _subscriptions];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3321, LogLevel.Warning, "Listening for changed settings is interrupted, and tried again until it works: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);

        [LoggerMessage(3322, LogLevel.Information, "Changed settings are listened for again")]
        public static partial void Again(ILogger logger);

        [LoggerMessage(3323, LogLevel.Warning, "The trigger of channel {Channel} does not say which row changed (a JSON object with the row under 'data'), so all settings are looked at")]
        public static partial void NotUnderstood(ILogger logger, string channel);
    }
}
