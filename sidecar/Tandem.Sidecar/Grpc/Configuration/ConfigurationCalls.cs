using Grpc.Core;
using Tandem.Components.Configuration;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Configuration;

/// <summary>The configuration methods.</summary>
internal static class ConfigurationCalls
{
    public static async Task<Proto.GetConfigurationResponse> GetAsync(BuildingBlocks blocks, Proto.GetConfigurationRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.GetConfigurationResponse();
        foreach (var (key, item) in await blocks.Settings.GetAsync(request.StoreName, ReadKeys(request.Keys), cancellationToken).ConfigureAwait(false))
        {
            response.Items[key] = Translate(item);
        }

        return response;
    }

    /// <summary>
    /// Says the subscription's ID first and each change then, until the caller goes away, somebody unsubscribes the ID, or the sidecar stops.
    /// </summary>
    public static async Task SubscribeAsync(
        BuildingBlocks blocks, Proto.SubscribeConfigurationRequest request, IServerStreamWriter<Proto.SubscribeConfigurationResponse> responses, CancellationToken cancellationToken)
    {
        var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await blocks.Settings.ListenAsync(request.StoreName, ReadKeys(request.Keys), TellAsync, cancellationToken).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(subscription.Ended, cancellationToken);
        try
        {
            await responses.WriteAsync(new Proto.SubscribeConfigurationResponse { Id = subscription.Id }, cancellationToken).ConfigureAwait(false);
            begun.SetResult(subscription.Id);
            await Task.Delay(Timeout.InfiniteTimeSpan, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            begun.TrySetCanceled(CancellationToken.None);
            await blocks.Settings.UnsubscribeAsync(subscription.Id).ConfigureAwait(false);
        }

        async ValueTask TellAsync(string key, ConfigurationItem? item, CancellationToken token)
        {
            // Changes come one after the other, and none before the ID is said.
            var change = new Proto.SubscribeConfigurationResponse { Id = await begun.Task.WaitAsync(token).ConfigureAwait(false) };
            change.Items[key] = item is null ? new Proto.ConfigurationItem() : Translate(item);
            await responses.WriteAsync(change, cancellationToken).ConfigureAwait(false);
        }
    }

    public static async Task<Proto.UnsubscribeConfigurationResponse> UnsubscribeAsync(BuildingBlocks blocks, Proto.UnsubscribeConfigurationRequest request)
        => await blocks.Settings.UnsubscribeAsync(request.Id).ConfigureAwait(false) is { } problem
            ? new Proto.UnsubscribeConfigurationResponse { Ok = false, Message = problem }
            : new Proto.UnsubscribeConfigurationResponse { Ok = true };

    private static List<string> ReadKeys(IEnumerable<string> keys) => [.. keys.Where(static key => key.Length > 0).Distinct(StringComparer.Ordinal)];

    private static Proto.ConfigurationItem Translate(ConfigurationItem item) => new() { Value = item.Value, Version = item.Version };
}
