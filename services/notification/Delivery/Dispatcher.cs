using Dapr;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>
/// Sends what is due. A notification is first claimed for a while and then sent, so that nobody else takes it and a crash in between only
/// lets the claim run out; what it sent is the same message to the same file then.
/// </summary>
internal sealed partial class Dispatcher(
    Database database,
    NotificationStore store,
    IEnumerable<IChannelSender> senders,
    DispatchSignal signal,
    IOptions<NotificationOptions> options,
    TimeProvider time,
    ILogger<Dispatcher> logger)
    : BackgroundService
{
    private const int BatchSize = 32;
    private const int MostAtOnce = 4;
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Channel, IChannelSender> _senders = senders.ToDictionary(static sender => sender.Channel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await SendDueAsync(stoppingToken) == 0)
                {
                    await signal.WaitAsync(await SleepAsync(stoppingToken), time, stoppingToken);
                }
            }
            catch (System.Data.Common.DbException exception)
            {
                Log.DatabaseFailed(logger, exception);
                await Task.Delay(FirstPause, time, stoppingToken);
            }
        }
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        if (await store.NextDueAsync(cancellationToken) is not { } due || due > time.GetUtcNow())
        {
            return 0;
        }

        var claimed = await database.WriteAsync(
            async tx =>
            {
                var now = time.GetUtcNow();
                List<UserNotification> batch = [];
                foreach (var notification in await NotificationStore.DueAsync(tx, now, BatchSize, cancellationToken))
                {
                    var next = notification.Channel == Channel.InApp ? notification.MarkSent(now) : notification.Claim(now + Claim);
                    await store.UpdateAsync(tx, notification, next, cancellationToken);
                    batch.Add(next);
                }

                return batch;
            },
            cancellationToken);

        await Parallel.ForEachAsync(
            claimed.Where(static notification => notification.Channel != Channel.InApp),
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken },
            async (notification, token) => await SendAsync(notification, token));
        return claimed.Count;
    }

    private async Task SendAsync(UserNotification notification, CancellationToken cancellationToken)
    {
        UserNotification outcome;
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var refusal = await _senders[notification.Channel].SendAsync(notification, either.Token);
            outcome = refusal is null ? notification.MarkSent(time.GetUtcNow()) : notification.Fail(refusal);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is DaprException or HttpRequestException or TimeoutException or OperationCanceledException)
        {
            outcome = AfterFailure(notification, exception.InnerException?.Message ?? exception.Message);
        }

        if (outcome.Status == Status.Failed)
        {
            Log.Failed(logger, notification.Id, notification.Channel, notification.Attempts, outcome.FailureReason);
        }

        await database.WriteAsync(
            async tx =>
            {
                // In the meantime it may have been deleted, or sent by someone who found the claim run out.
                if (await store.FindAsync(tx, notification.Id, cancellationToken) is { Status: Status.Pending } current && current.Attempts == notification.Attempts)
                {
                    await store.UpdateAsync(tx, current, outcome, cancellationToken);
                }
            },
            cancellationToken);
    }

    private UserNotification AfterFailure(UserNotification notification, string reason)
    {
        if (notification.Attempts >= options.Value.RetryAttempts)
        {
            return notification.Fail(reason);
        }

        var pause = FirstPause * Math.Pow(4, notification.Attempts - 1);
        return notification.Postpone(time.GetUtcNow() + (pause < TimeSpan.FromHours(1) ? pause : TimeSpan.FromHours(1)), reason);
    }

    private async Task<TimeSpan> SleepAsync(CancellationToken cancellationToken)
    {
        var untilNext = await store.NextDueAsync(cancellationToken) - time.GetUtcNow();
        return untilNext is not { } sleep || sleep > LongestSleep ? LongestSleep
            : sleep > TimeSpan.Zero ? sleep
            : TimeSpan.Zero;
    }

    private static partial class Log
    {
        [LoggerMessage(5301, LogLevel.Warning, "Notification {Id} by {Channel} failed after {Attempts} attempts: {Reason}")]
        public static partial void Failed(ILogger logger, string id, Channel channel, int attempts, string? reason);

        [LoggerMessage(5302, LogLevel.Error, "The database failed the dispatcher")]
        public static partial void DatabaseFailed(ILogger logger, Exception exception);
    }
}
