using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Components.Configuration;
using Tandem.Components.Metadata;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.Configuration;

/// <summary><c>configuration.postgresql</c>: a table with a row for each version of a setting, and a trigger that tells of changes.</summary>
internal sealed class PostgreSqlConfigurationStore(
    PostgreSqlConfigurationOptions options, PostgreSqlClient client, TimeProvider timeProvider, ILogger<PostgreSqlConfigurationStore> logger)
    : IConfigurationStore, IInitializable, IAsyncDisposable
{
    private readonly NotificationListener _listener = new(options, client, timeProvider, logger);

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(CheckTableAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        => client.RunAsync(
            static async (connection, query, token) =>
            {
                var all = query.keys.Count == 0;
                await using var command = new NpgsqlCommand($"SELECT key, value, version FROM {query.Table}{(all ? "" : " WHERE key = ANY($1)")}", connection);
                if (!all)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = query.keys.ToArray() });
                }

                var found = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
                await using var reader = await command.ExecuteReaderAsync(token);
                while (await reader.ReadAsync(token))
                {
                    var item = new ConfigurationItem(Text(reader, 1), Text(reader, 2));
                    if (!found.TryGetValue(Text(reader, 0), out var known) || NumberOf(item) > NumberOf(known))
                    {
                        found[Text(reader, 0)] = item;
                    }
                }

                return (IReadOnlyDictionary<string, ConfigurationItem>)found;
            },
            (options.Table, keys),
            mayRepeat: true,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken)
    {
        if (options.NotifyChannel is null)
        {
            throw new ComponentMetadataException("notifyChannel", "is required for subscriptions: the channel on which the table's trigger says what changed");
        }

        var subscription = new SettingsSubscription(this, keys, handler, logger);
        try
        {
            // Listening first: what changes after this is told, and what was there before is known.
            await _listener.AddAsync(subscription, cancellationToken);
            subscription.Start(await GetAsync(keys, cancellationToken));
            return new Ending(_listener, subscription);
        }
        catch
        {
            await _listener.RemoveAsync(subscription);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await client.DisposeAsync();
    }

    /// <summary>Of the rows of a key the one with the highest version counts; a version that is no number is below all that are.</summary>
    private static long NumberOf(ConfigurationItem item)
        => long.TryParse(item.Version, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static string Text(NpgsqlDataReader row, int column)
        => row.IsDBNull(column) ? "" : Convert.ToString(row.GetValue(column), CultureInfo.InvariantCulture) ?? "";

    private async Task CheckTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname IN ('key', 'value', 'version') AND NOT attisdropped", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = options.Table } },
        };
        if (await command.ExecuteScalarAsync(cancellationToken) is not 3L)
        {
            throw new ComponentMetadataException("table", $"names '{options.Table}', which is no table with the columns key, value and version in the database");
        }
    }

    private sealed class Ending(NotificationListener listener, SettingsSubscription subscription) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await listener.RemoveAsync(subscription);
    }
}
