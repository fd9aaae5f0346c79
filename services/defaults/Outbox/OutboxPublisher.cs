using System.Data.Common;
using System.Diagnostics;
using System.Text;
using Dapper;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Contracts.Events;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Takes events from the outbox to the sidecar: at once after a commit, in the order of their making for each subject, different subjects
/// beside each other. A row goes only after the sidecar has taken its event; while it does not, the publisher tries again with longer pauses.
/// </summary>
internal sealed partial class OutboxPublisher(Database database, Outbox outbox, DaprClient dapr, TimeProvider time, ILogger<OutboxPublisher> logger)
    : BackgroundService
{
    private const int BatchSize = 128;
    private const int MostAtOnce = 8;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseBesideAnother = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var (taken, failure) = await LeadBatchAsync(stoppingToken);
            if (failure is not null)
            {
                MessagingMetrics.PublishFailed();
                Log.Failed(logger, failure is DbException ? "database" : "sidecar", failure.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                continue;
            }

            pause = FirstPause;
            if (taken is null)
            {
                await outbox.WaitAsync(PauseBesideAnother, stoppingToken);
            }
            else if (taken == 0)
            {
                await outbox.WaitAsync(LongestSleep, stoppingToken);
            }
        }
    }

    /// <summary>One instance of the service publishes at a time: two would publish everything twice, and out of order.</summary>
    /// <returns>How many events were taken; nothing when another instance is at it.</returns>
    private async Task<(int? Taken, Exception? Failure)> LeadBatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var lead = await database.TryLeadAsync("outbox", cancellationToken);
            return lead is null ? (null, null) : await PublishBatchAsync(cancellationToken);
        }
        catch (DbException exception)
        {
            return (null, exception);
        }
    }

    private async Task<(int? Taken, Exception? Failure)> PublishBatchAsync(CancellationToken cancellationToken)
    {
        List<OutboxMessage> batch;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            batch = (await connection.QueryAsync<OutboxMessage>(new CommandDefinition(
                "SELECT position, id, topic, type, subject, data, traceparent, created_at FROM outbox ORDER BY position LIMIT @BatchSize",
                new { BatchSize },
                cancellationToken: cancellationToken))).AsList();
        }

        if (batch.Count == 0)
        {
            return (0, null);
        }

        var accepted = new System.Collections.Concurrent.ConcurrentBag<long>();
        Exception? failure = null;
        await Parallel.ForEachAsync(
            batch.GroupBy(static message => (message.Topic, message.Subject)),
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken },
            async (messages, token) =>
            {
                try
                {
                    foreach (var message in messages)
                    {
                        await PublishAsync(message, token);
                        accepted.Add(message.Position);
                        MessagingMetrics.Published(message.Topic, message.Type, time.GetUtcNow() - message.CreatedAt);
                    }
                }
                catch (Exception exception) when (!token.IsCancellationRequested
                    && exception is DaprException or HttpRequestException or TimeoutException or OperationCanceledException)
                {
                    Interlocked.Exchange(ref failure, exception.InnerException ?? exception);
                }
            });

        if (!accepted.IsEmpty)
        {
            await database.WriteAsync(
                tx => tx.Connection!.ExecuteAsync($"DELETE FROM outbox WHERE {tx.Connection!.In("position", "positions")}", new { positions = accepted.ToArray() }, tx),
                cancellationToken);
        }

        return (accepted.Count, failure);
    }

    private async Task PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        // The event belongs to the trace of the request that caused it, whenever it is sent.
        using var activity = Causes.Continue($"publish {message.Type}", ActivityKind.Producer, message.Traceparent);
        await dapr.PublishByteEventAsync(
            Topics.PubSub,
            message.Topic,
            Encoding.UTF8.GetBytes(message.Data),
            "application/json",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["cloudevent.id"] = message.Id,
                ["cloudevent.type"] = message.Type,
                ["cloudevent.subject"] = message.Subject,
                ["partitionKey"] = message.Subject,
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5120, LogLevel.Warning, "Events wait: the {Who} did not take one ({Reason}); next try in {Seconds} s")]
        public static partial void Failed(ILogger logger, string who, string reason, double seconds);
    }
}
