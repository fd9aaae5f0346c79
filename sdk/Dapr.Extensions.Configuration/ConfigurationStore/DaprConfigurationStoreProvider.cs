using Dapr.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration;

/// <summary>
/// Reads the values when the configuration is built. A streaming one then follows the changes, and subscribes again when the stream breaks;
/// what changed in between comes with the reading that follows the start of each subscription.
/// </summary>
internal sealed class DaprConfigurationStoreProvider(DaprConfigurationStoreSource source) : ConfigurationProvider, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task? _following;

    /// <summary>Ends with the provider; never faults but by a mistake in here.</summary>
    internal Task Following => _following ?? Task.CompletedTask;

    // The configuration API is synchronous; the thread pool runs the calls, whatever context the caller has.
    public override void Load()
    {
        Task.Run(async () =>
        {
            await SidecarWait.WaitAsync(source.Client, source.SidecarWaitTimeout).ConfigureAwait(false);
            await ReadAsync().ConfigureAwait(false);
        }).GetAwaiter().GetResult();

        if (source.IsStreaming)
        {
            _following ??= Task.Run(FollowAsync);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        Following.ContinueWith(static (_, stop) => ((CancellationTokenSource)stop!).Dispose(), _stop, TaskScheduler.Default);
    }

    private async Task ReadAsync()
    {
        var response = await source.Client.GetConfiguration(source.Store, source.Keys, source.Metadata, _stop.Token).ConfigureAwait(false);
        Take(response.Items);
    }

    private async Task FollowAsync()
    {
        var pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            string? id = null;
            try
            {
                var subscription = await source.Client.SubscribeConfiguration(source.Store, source.Keys, source.Metadata, _stop.Token).ConfigureAwait(false);
                await foreach (var items in subscription.Source.WithCancellation(_stop.Token).ConfigureAwait(false))
                {
                    Take(items);
                    if (id is null)
                    {
                        id = subscription.Id;
                        pause = FirstPause;
                        await ReadAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                await UnsubscribeAsync(id).ConfigureAwait(false);
                return;
            }
            catch (ObjectDisposedException)
            {
                // The client is gone before the configuration: there is nothing to follow any more.
                return;
            }
            catch (DaprException)
            {
                // The sidecar is away or ended the stream: the values stay as they are until it is back.
            }

            await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task UnsubscribeAsync(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(SidecarWait.Default);
            await source.Client.UnsubscribeConfiguration(source.Store, id, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DaprException or OperationCanceledException or ObjectDisposedException)
        {
            // The stream has ended, and with it the subscription: this only tells the sidecar sooner.
        }
    }

    private void Take(IEnumerable<KeyValuePair<string, ConfigurationItem>> items)
    {
        var data = new Dictionary<string, string?>(Data, StringComparer.OrdinalIgnoreCase);
        var changed = false;
        foreach (var (key, item) in items)
        {
            changed |= !data.TryGetValue(key, out var before) || !string.Equals(before, item.Value, StringComparison.Ordinal);
            data[key] = item.Value;
        }

        if (changed)
        {
            Data = data;
            OnReload();
        }
    }
}
