using Tandem.Analytics;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Analytics;

public sealed class EventTimeTests
{
    private static readonly DateTimeOffset Made = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly DateTimeOffset Published = Made.AddMinutes(7);

    [Fact]
    public void Of_IdWithATime_IsWhenTheEventWasMade()
        => Assert.Equal(Made, EventTime.Of(new EventMetadata(Ids.New(Made), "OrderPaid", "order", "o-1", Published)));

    [Theory]
    [InlineData("an-id")]
    [InlineData("6f1c1a6b-e0c5-4a0f-9d6b-5b1d7c2f9a41")]
    public void Of_IdWithoutATime_IsWhenTheEventWasPublished(string id)
        => Assert.Equal(Published, EventTime.Of(new EventMetadata(id, "OrderPaid", "order", "o-1", Published)));
}
