namespace Tandem.Notification;

/// <summary>How many notifications there are, in all and of each kind.</summary>
internal sealed record NotificationStats(
    long Total,
    long Unread,
    IReadOnlyDictionary<string, long> ByStatus,
    IReadOnlyDictionary<string, long> ByChannel,
    IReadOnlyDictionary<string, long> ByType)
{
    public static NotificationStats Of(IReadOnlyList<NotificationCount> counts) => new(
        counts.Sum(static count => count.Count),
        counts.Where(static count => count.Status is "sent" or "delivered").Sum(static count => count.Count),
        By(counts, static count => count.Status),
        By(counts, static count => count.Channel),
        By(counts, static count => count.Type));

    private static SortedDictionary<string, long> By(IReadOnlyList<NotificationCount> counts, Func<NotificationCount, string> key)
        => new(counts.GroupBy(key).ToDictionary(static group => group.Key, static group => group.Sum(static count => count.Count)), StringComparer.Ordinal);
}
