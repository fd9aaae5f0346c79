using Tandem.Components.Kafka.Consuming;
using Tandem.Components.PubSub;

namespace Tandem.Components.Tests.Kafka;

/// <summary>Whose turn it is in a partition, and how far it is done.</summary>
public sealed class PartitionQueueTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Take_AllDone_ComeInOrderAndThePositionFollows()
    {
        var queue = Fill(retries: true, "a", "b", "c");

        Assert.Null(queue.Position);
        for (var offset = 0; offset < 3; offset++)
        {
            var delivery = queue.Take(_now, out _)!;
            Assert.Equal(offset, delivery.Offset);
            queue.Complete(delivery, MessageDisposition.Done, _now);
            Assert.Equal(offset + 1, queue.Position);
        }

        Assert.Null(queue.Take(_now, out var again));
        Assert.Null(again);
        Assert.Equal(0, queue.Count);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public void Complete_OneFailed_OthersGoOnAndThePositionStaysBeforeIt()
    {
        var queue = Fill(retries: true, "a", "b", "c");
        var first = queue.Take(_now, out _)!;
        queue.Complete(first, MessageDisposition.Retry, _now);
        queue.Complete(queue.Take(_now, out _)!, MessageDisposition.Done, _now);
        queue.Complete(queue.Take(_now, out _)!, MessageDisposition.Done, _now);

        Assert.Null(queue.Position);
        Assert.Null(queue.Take(_now, out var again));
        Assert.Equal(_now + Interval, again);

        Assert.Same(first, queue.Take(_now + Interval, out _));
        queue.Complete(first, MessageDisposition.Done, _now);
        Assert.Equal(3, queue.Position);
    }

    [Fact]
    public void Complete_FailedAgainAndAgain_ComesAfterLongerAndLongerUpToTenSeconds()
    {
        var queue = Fill(retries: true, "a");
        var delivery = queue.Take(_now, out _)!;
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            queue.Complete(delivery, MessageDisposition.Retry, _now);
            queue.Take(_now, out var again);
            pauses.Add((again!.Value - _now).TotalMilliseconds);
            Assert.Same(delivery, queue.Take(again.Value, out _));
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000], pauses);
    }

    [Fact]
    public void Take_KeyOfOneThatFailed_WaitsForItInOrder()
    {
        var queue = Fill(retries: true, "a", "b", "a", "a", "b");
        var failed = queue.Take(_now, out _)!;
        queue.Complete(failed, MessageDisposition.Retry, _now);

        Assert.Equal([1L, 4L], DrainOffsets(queue, _now));
        Assert.Equal([0L, 2L, 3L], DrainOffsets(queue, _now + Interval));
        Assert.Equal(5, queue.Position);
    }

    [Fact]
    public void Take_WaitingOneFailsToo_TheKeyGoesOnWaiting()
    {
        var queue = Fill(retries: true, "a", "a", "a");
        queue.Complete(queue.Take(_now, out _)!, MessageDisposition.Retry, _now);
        Assert.Null(queue.Take(_now, out _));

        queue.Complete(queue.Take(_now + Interval, out _)!, MessageDisposition.Done, _now);
        var second = queue.Take(_now, out _)!;
        Assert.Equal(1, second.Offset);
        queue.Complete(second, MessageDisposition.Retry, _now);
        Assert.Null(queue.Take(_now, out _));
        Assert.Equal(1, queue.Position);
        Assert.Equal([1L, 2L], DrainOffsets(queue, _now + Interval));
    }

    [Fact]
    public void Complete_FailedWithoutRetries_IsPassedOnlyWithTheNextThatIsDone()
    {
        var queue = Fill(retries: false, "a", "b");
        queue.Complete(queue.Take(_now, out _)!, MessageDisposition.Retry, _now);
        Assert.Null(queue.Position);

        queue.Complete(queue.Take(_now, out _)!, MessageDisposition.Done, _now);
        Assert.Equal(2, queue.Position);
    }

    private static PartitionQueue Fill(bool retries, params string[] keys)
    {
        var queue = new PartitionQueue(retries, Interval, keepsKeys: true);
        for (var offset = 0; offset < keys.Length; offset++)
        {
            queue.Add(new Delivery(new Message("topic", new byte[10], null, KafkaParts.NoMetadata), offset, keys[offset]));
        }

        Assert.Equal(keys.Length * 10, queue.Bytes);
        return queue;
    }

    private static List<long> DrainOffsets(PartitionQueue queue, DateTimeOffset now)
    {
        var offsets = new List<long>();
        while (queue.Take(now, out _) is { } delivery)
        {
            offsets.Add(delivery.Offset);
            queue.Complete(delivery, MessageDisposition.Done, now);
        }

        return offsets;
    }
}
