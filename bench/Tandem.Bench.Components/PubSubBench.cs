using Tandem.Components.PubSub;

namespace Tandem.Bench.Components;

/// <summary><c>pubsub.sqlite</c>: publishing alone, then with consumers that take everything while it is published.</summary>
internal static class PubSubBench
{
    public static async IAsyncEnumerable<Measurement> RunAsync(string folder, TimeSpan duration)
    {
        var pubSub = await Components.Catalog().PubSubs.StartAsync("pubsub.sqlite", folder, ("connectionString", "pubsub.db"));
        var data = new byte[600];
        data.AsSpan().Fill((byte)'x');
        var metadata = new Dictionary<string, string>();
        foreach (var callers in (int[])[1, 16, 64])
        {
            yield return await Measurement.CallersAsync(
                $"pubsub.sqlite publish, {callers} callers", callers, duration,
                async _ => await pubSub.PublishAsync(new PublishRequest("alone", data, "application/json", metadata), default));
        }

        foreach (var groups in (int[])[1, 4])
        {
            yield return await EndToEndAsync(pubSub, $"ends{groups}", groups, duration, data);
        }

        await ((IAsyncDisposable)pubSub).DisposeAsync();
    }

    /// <summary>Each of 16 publishers waits until its message was handled by every group before it sends the next.</summary>
    private static async Task<Measurement> EndToEndAsync(IPubSub pubSub, string topic, int groups, TimeSpan duration, byte[] data)
    {
        var arrived = new TaskCompletionSource[16];
        var missing = new int[16];
        ValueTask<MessageDisposition> HandleAsync(Message message, CancellationToken cancellationToken)
        {
            var caller = int.Parse(message.Metadata["partitionKey"], System.Globalization.CultureInfo.InvariantCulture);
            if (Interlocked.Decrement(ref missing[caller]) == 0)
            {
                arrived[caller].SetResult();
            }

            return ValueTask.FromResult(MessageDisposition.Done);
        }

        var subscriptions = new List<IAsyncDisposable>();
        for (var group = 0; group < groups; group++)
        {
            subscriptions.Add(await pubSub.SubscribeAsync(new SubscribeRequest(topic, $"group{group}", new Dictionary<string, string>()), HandleAsync, default));
        }

        var keys = Enumerable.Range(0, 16).Select(static caller => new Dictionary<string, string> { ["partitionKey"] = $"{caller}" }).ToArray();
        var measurement = await Measurement.CallersAsync(
            $"pubsub.sqlite publish until handled by {groups} group(s), 16 callers", 16, duration,
            async caller =>
            {
                arrived[caller] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                missing[caller] = groups;
                await pubSub.PublishAsync(new PublishRequest(topic, data, "application/json", keys[caller]), default);
                await arrived[caller].Task;
            });
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }

        return measurement;
    }
}
