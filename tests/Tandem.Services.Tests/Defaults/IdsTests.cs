using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

public sealed class IdsTests
{
    [Fact]
    public void New_Ids_AreValidAndSortByTime()
    {
        var start = DateTimeOffset.UnixEpoch.AddYears(50);
        var ids = Enumerable.Range(0, 100).Select(i => Ids.New(start.AddMilliseconds(i))).ToList();

        Assert.All(ids, static id => Assert.True(Ids.IsValid(id)));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal('7', Ids.New()[14]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("019A0000-0000-7000-8000-00000000000A")]
    [InlineData("{19a0000-0000-7000-8000-00000000000a}")]
    [InlineData("019a000000007000800000000000000a")]
    [InlineData("../019a000-0000-7000-8000-0000000000")]
    public void IsValid_OfAnythingElse_IsFalse(string? id) => Assert.False(Ids.IsValid(id));
}
