using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.Configuration;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.Configuration;

/// <summary>
/// One app's interest in some settings. What is heard of a key is told in order, with the value that the key has then; after an
/// interruption all keys are looked at again, and those that differ from what was known are told.
/// </summary>
internal sealed partial class SettingsSubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string?> _heard = Channel.CreateUnbounded<string?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RedisConfigurationStore _store;
    private readonly ConfigurationHandler _handler;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ConfigurationItem> _known = new(StringComparer.Ordinal);
    private Task _telling = Task.CompletedTask;

    public SettingsSubscription(RedisConfigurationStore store, IReadOnlyList<string> keys, ConfigurationHandler handler, ILogger logger)
    {
        _store = store;
        _handler = handler;
        _logger = logger;
        Keys = keys;
    }

    /// <summary>The keys of interest; none for all.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Begins to tell of changes, all that was heard since the subscription was made among them.</summary>
    public void Start(IReadOnlyDictionary<string, ConfigurationItem> known)
    {
        foreach (var (key, item) in known)
        {
            _known[key] = item;
        }

        _telling = Task.Run(TellAsync);
    }

    /// <summary>The server said that the key changed.</summary>
    public void Hear(string key) => _heard.Writer.TryWrite(key);

    /// <summary>The server could not be heard for a while.</summary>
    public void HearNothingCertain() => _heard.Writer.TryWrite(null);

    public async ValueTask DisposeAsync()
    {
        _heard.Writer.TryComplete();
        await _stop.CancelAsync();
        await _telling;
        _stop.Dispose();
    }

    private async Task TellAsync()
    {
        try
        {
            await foreach (var key in _heard.Reader.ReadAllAsync(_stop.Token))
            {
                try
                {
                    await (key is null ? TellDifferencesAsync() : TellAsync(key, await _store.ReadAsync(key, _stop.Token)));
                }
                catch (Exception exception) when (exception is RedisException or RedisUnavailableException)
                {
                    // The listener is interrupted as well, and says so once it hears again: then all keys are looked at.
                    Log.NotRead(_logger, exception.Message);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async Task TellDifferencesAsync()
    {
        var items = await _store.GetAsync(Keys, _stop.Token);
        foreach (var key in _known.Keys.Union(items.Keys).ToList())
        {
            var item = items.GetValueOrDefault(key);
            if (item != _known.GetValueOrDefault(key))
            {
                await TellAsync(key, item);
            }
        }
    }

    private async Task TellAsync(string key, ConfigurationItem? item)
    {
        if (item is null)
        {
            _known.Remove(key);
        }
        else
        {
            _known[key] = item;
        }

        await _handler(key, item, _stop.Token);
    }

    private static partial class Log
    {
        [LoggerMessage(3202, LogLevel.Warning, "A setting that changed could not be read yet: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
