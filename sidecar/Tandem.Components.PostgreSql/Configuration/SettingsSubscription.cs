using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Components.Configuration;
using Tandem.Components.PostgreSql.Connection;

namespace Tandem.Components.PostgreSql.Configuration;

/// <summary>
/// One app's interest in some settings. What is heard of a key is told in order, with the value that the key has then: a notification may
/// be of an older version, or of a row that is gone. After an interruption all keys are looked at, and those that differ are told.
/// </summary>
internal sealed partial class SettingsSubscription(PostgreSqlConfigurationStore store, IReadOnlyList<string> keys, ConfigurationHandler handler, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string?> _heard = Channel.CreateUnbounded<string?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, ConfigurationItem> _known = new(StringComparer.Ordinal);
    private Task _telling = Task.CompletedTask;

    /// <summary>The keys of interest; none for all.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

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
                    await (key is null ? TellDifferencesAsync() : TellAsync(key, (await store.GetAsync([key], _stop.Token)).GetValueOrDefault(key)));
                }
                catch (Exception exception) when (exception is NpgsqlException or PostgreSqlUnavailableException)
                {
                    // Not read is not told: it is looked for again.
                    Log.NotRead(logger, Faults.Reason(exception));
                    await Task.Delay(PauseAfterFailure, _stop.Token);
                    HearNothingCertain();
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
        var items = await store.GetAsync(Keys, _stop.Token);
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

        await handler(key, item, _stop.Token);
    }

    private static partial class Log
    {
        [LoggerMessage(3324, LogLevel.Warning, "A setting that changed could not be read yet: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
