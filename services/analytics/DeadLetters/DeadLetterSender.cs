using Dapr;
using Dapr.Client;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>
/// Sends letters again to the topic that they came from. The letter's row is its own outbox: the wish to send it is committed, and it is marked
/// as sent after the sidecar took it, so it goes out at least once, whatever ends in between; always under the event's own id, by which every
/// subscriber's inbox knows it.
/// </summary>
internal sealed partial class DeadLetterSender(Database database, DeadLetterStore letters, DaprClient dapr, TimeProvider time, ILogger<DeadLetterSender> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private DateTimeOffset _cleanedAt = DateTimeOffset.MinValue;

    /// <summary>There is something to send.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already, and will see this letter too.
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await letters.NextToSendAsync(stoppingToken) is { } letter)
                {
                    await SendAsync(letter, stoppingToken);
                }

                await CleanAsync(stoppingToken);
                pause = FirstPause;
                await _wake.WaitAsync(LongestSleep, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested
                && exception is DaprException or HttpRequestException or TimeoutException or OperationCanceledException or System.Data.Common.DbException)
            {
                Log.Failed(logger, (exception.InnerException ?? exception).Message, pause.TotalSeconds);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task SendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var message = Convert.FromBase64String(letter.Message!);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (letter.IsCloudEvent)
        {
            metadata["partitionKey"] = letter.Subject ?? letter.EventId!;
            await dapr.PublishByteEventAsync(
                Topics.PubSub, letter.Topic, DeadMessage.ForRetry(message, letter.Retries), "application/cloudevents+json", metadata, cancellationToken);
        }
        else
        {
            metadata["rawPayload"] = "true";
            await dapr.PublishByteEventAsync(Topics.PubSub, letter.Topic, message, "application/octet-stream", metadata, cancellationToken);
        }

        await database.WriteAsync(
            async tx =>
            {
                // It may have died again already.
                if (await DeadLetterStore.FindAsync(tx, letter.Id, cancellationToken) is { Status: DeadLetterStatus.Retrying } found && found.Retries == letter.Retries)
                {
                    found.Status = DeadLetterStatus.Retried;
                    found.SentAt = time.GetUtcNow();
                    await DeadLetterStore.UpdateAsync(tx, found, cancellationToken);
                }
            },
            cancellationToken);
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _cleanedAt >= CleanEvery)
        {
            await database.WriteAsync(tx => DeadLetterStore.RemoveRetriedAsync(tx, now - Memory, cancellationToken), cancellationToken);
            _cleanedAt = now;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5412, LogLevel.Warning, "A dead letter waits to be sent again: {Reason}; next try in {Seconds} s")]
        public static partial void Failed(ILogger logger, string reason, double seconds);
    }
}
