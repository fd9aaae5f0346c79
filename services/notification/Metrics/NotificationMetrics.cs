using System.Diagnostics.Metrics;

namespace Tandem.Notification;

/// <summary>
/// How notifications fare, by channel and outcome, counted where it is committed: delivered (in the app), sent (the provider has it), retried
/// (an attempt failed and there will be another), failed, expired (its time was over before it went out).
/// </summary>
internal sealed class NotificationMetrics : IHostedService
{
    private const string Retried = "retried";
    private const string Expired = "expired";

    private readonly Counter<long> _notifications;

    public NotificationMetrics(IMeterFactory meters)
        => _notifications = meters.Create("Tandem.Notification").CreateCounter<long>("tandem.notifications", "{notification}", "Notifications by channel and by what became of them.");

    /// <summary>Every series is there from the start, so that the first one is an increase and not something new.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var channel in Enum.GetValues<Channel>())
        {
            foreach (var outcome in (string[])[Words.Of(channel == Channel.InApp ? Status.Delivered : Status.Sent), Words.Of(Status.Failed), Retried, Expired])
            {
                Add(0, channel, outcome);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A notification changed, or is new when there is none before, and that is committed.</summary>
    public void Changed(UserNotification? before, UserNotification after)
    {
        if (after.Status != before?.Status && after.Status is Status.Sent or Status.Delivered or Status.Failed)
        {
            Add(1, after.Channel, Words.Of(after.Status));
        }
        else if (after is { Status: Status.Pending, FailureReason: not null } && after.Attempts == before?.Attempts && after.NextAttemptAt != before.NextAttemptAt)
        {
            Add(1, after.Channel, Retried);
        }
    }

    /// <summary>So many were removed that had never gone out.</summary>
    public void Missed(Channel channel, long count) => Add(count, channel, Expired);

    private void Add(long count, Channel channel, string outcome)
        => _notifications.Add(count, new KeyValuePair<string, object?>("channel", Words.Of(channel)), new KeyValuePair<string, object?>("outcome", outcome));
}
