using Tandem.Components.Sqlite.PubSub;

namespace Tandem.Components.Tests.PubSub;

public sealed class SlotProgressTests
{
    [Fact]
    public void Current_DoneOutOfOrder_NamesWhatIsMissing()
    {
        var slot = new SlotProgress(new SlotState(3, 100, ""));
        foreach (var offset in (long[])[103, 116, 119, 132])
        {
            Assert.True(slot.Take(offset));
        }

        slot.Scanned(140);
        slot.Done(119);
        Assert.Equal(new SlotState(3, 119, "103,116"), slot.Current());
        slot.Done(103);
        slot.Done(116);
        Assert.Equal(new SlotState(3, 131, ""), slot.Current());
        slot.Done(132);
        Assert.Equal(new SlotState(3, 140, ""), slot.Current());
    }

    [Fact]
    public void Take_Restored_TakesThePendingAndTheNewOnly()
    {
        var slot = new SlotProgress(new SlotState(0, 50, "20,40"));
        Assert.Equal(19, slot.ScannedUpTo);
        Assert.Equal([20L, 40, 51, 60], ((long[])[20, 30, 40, 50, 51, 60]).Where(slot.Take));
    }

    [Fact]
    public void Scanned_PendingMessageVanished_IsForgotten()
    {
        var slot = new SlotProgress(new SlotState(0, 50, "20,40"));
        slot.Take(40);
        slot.Scanned(60);
        slot.Done(40);
        Assert.Equal(new SlotState(0, 60, ""), slot.Current());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Progress_RandomRunsAndRestarts_LosesNothingAndRepeatsNothingThatWasSaved(int seed)
    {
        var random = new Random(seed);
        const int Messages = 400;
        var done = new HashSet<long>();
        var state = new SlotState(0, 0, "");
        for (var restart = 0; restart < 40; restart++)
        {
            var slot = new SlotProgress(state);
            var running = new List<long>();
            var next = slot.ScannedUpTo + 1;
            for (var step = 0; step < 60; step++)
            {
                if (random.Next(2) == 0 && next <= Messages)
                {
                    if (slot.Take(next))
                    {
                        Assert.DoesNotContain(next, done);
                        running.Add(next);
                    }

                    slot.Scanned(next++);
                }
                else if (running.Count > 0 && random.Next(4) > 0)
                {
                    var index = random.Next(running.Count);
                    slot.Done(running[index]);
                    done.Add(running[index]);
                    running.RemoveAt(index);
                }
            }

            state = slot.Current();
            Assert.All(state.ParsePending(), offset => Assert.DoesNotContain(offset, done));
            Assert.All(Enumerable.Range(1, (int)state.DoneUpTo), offset => Assert.Contains(offset, done));
        }

        var last = new SlotProgress(state);
        var left = Enumerable.Range(1, Messages).Select(static offset => (long)offset).Where(last.Take).ToList();
        Assert.Equal(Messages, done.Count + left.Count);
        Assert.Empty(left.Intersect(done));
    }
}
