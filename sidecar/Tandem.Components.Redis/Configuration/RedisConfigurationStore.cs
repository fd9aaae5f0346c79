using Microsoft.Extensions.Logging;
using Tandem.Components.Configuration;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.Configuration;

/// <summary><c>configuration.redis</c>: a plain key for each setting, <c>value</c> or <c>value||version</c>.</summary>
internal sealed class RedisConfigurationStore(RedisClient client, TimeProvider timeProvider, ILogger<RedisConfigurationStore> logger)
    : IConfigurationStore, IInitializable, IAsyncDisposable
{
    private const string Separator = "||";

    private readonly KeyspaceListener _listener = new(client, timeProvider, logger);

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var wanted = keys.Count > 0 ? keys : [.. await client.FindKeysAsync("*", "string", cancellationToken)];
        // All go out together; the server answers them in one go.
        var items = await Task.WhenAll(wanted.Select(key => ReadAsync(key, cancellationToken)));
        var found = new Dictionary<string, ConfigurationItem>(StringComparer.Ordinal);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] is { } item)
            {
                found[wanted[i]] = item;
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken)
    {
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

    /// <summary>One setting; a key of another type is none.</summary>
    internal async Task<ConfigurationItem?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await client.ExecuteAsync(new TextCommand("GET", key), cancellationToken);
            return reply.IsNil ? null : Parse(reply.Text);
        }
        catch (RedisException exception) when (exception.Is("WRONGTYPE"))
        {
            return null;
        }
    }

    private static ConfigurationItem Parse(string text)
    {
        var at = text.IndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? new ConfigurationItem(text, "") : new ConfigurationItem(text[..at], text[(at + Separator.Length)..]);
    }

    private sealed class Ending(KeyspaceListener listener, SettingsSubscription subscription) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await listener.RemoveAsync(subscription);
    }
}
