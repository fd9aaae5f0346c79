using Microsoft.Extensions.Logging;
using Tandem.Components.Kafka.Client;

namespace Tandem.Components.Kafka.Consuming;

/// <summary>
/// One subscription, from when it is asked for. A topic that is not there yet, or is only being made, holds nobody up: it is read as soon as
/// it is there.
/// </summary>
internal sealed partial class TopicSubscription(ConsumerGroups groups, string group, string topic, TopicSubscriber subscriber, KafkaClient client, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private Task<GroupMember?> _joining = Task.FromResult<GroupMember?>(null);
    private int _isDisposed;

    /// <summary>Begins; what is known to be wrong within a moment is thrown.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var looking = client.Topics.EnsureAsync(topic, _end.Token);
        if (await Task.WhenAny(looking, Task.Delay(Patience, client.TimeProvider, cancellationToken)) == looking)
        {
            await looking;
        }

        cancellationToken.ThrowIfCancellationRequested();
        _joining = JoinAsync(looking);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        await _end.CancelAsync();
        if (await _joining is { } member)
        {
            await groups.LeaveAsync(member, topic, subscriber);
        }

        _end.Dispose();
    }

    private async Task<GroupMember?> JoinAsync(Task looking)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await looking;
                return await groups.JoinAsync(group, topic, subscriber, _end.Token);
            }
            catch (Exception) when (_end.IsCancellationRequested)
            {
                return null;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (Exception exception)
            {
                if (isFirst)
                {
                    Log.Waiting(logger, group, topic, exception.Message);
                }
            }

            await Task.Delay(Pause, client.TimeProvider, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            looking = client.Topics.EnsureAsync(topic, _end.Token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3341, LogLevel.Error, "Consumer group {Group} cannot read topic {Topic}, and will as soon as it can: {Reason}")]
        public static partial void Waiting(ILogger logger, string group, string topic, string reason);
    }
}
