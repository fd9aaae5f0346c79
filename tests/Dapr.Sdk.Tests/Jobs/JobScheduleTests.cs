using Dapr.Jobs;
using Dapr.Jobs.Models;

namespace Dapr.Sdk.Tests.Jobs;

public sealed class JobScheduleTests
{
    [Fact]
    public void CronExpression_Built_HasItsFields()
    {
        var builder = new CronExpressionBuilder()
            .On(OnCronPeriod.Second, 0)
            .Every(EveryCronPeriod.Minute, 15)
            .Through(ThroughCronPeriod.Hour, 8, 17)
            .On(MonthOfYear.March, MonthOfYear.January)
            .Through(Dapr.Jobs.DayOfWeek.Monday, Dapr.Jobs.DayOfWeek.Friday);

        Assert.Equal("0 */15 8-17 * JAN,MAR MON-FRI", builder.ToString());
        Assert.True(DaprJobSchedule.FromCronExpression(builder).IsCronExpression);
    }

    [Theory]
    [InlineData("@every 1h30m", true, false, true, false)]
    [InlineData("@daily", true, false, false, false)]
    [InlineData("2030-01-02T03:04:05Z", false, true, false, false)]
    [InlineData("0 30 * * * *", false, false, false, true)]
    [InlineData("30 * * * *", false, false, false, false)]
    public void Expression_Kinds_AreTold(string expression, bool isPeriod, bool isTime, bool isDuration, bool isCron)
    {
        var schedule = DaprJobSchedule.FromExpression(expression);

        Assert.Equal((isPeriod, isTime, isDuration, isCron), (schedule.IsPrefixedPeriodExpression, schedule.IsPointInTimeExpression, schedule.IsDurationExpression, schedule.IsCronExpression));
    }

    [Fact]
    public void Values_OutsideTheirField_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CronExpressionBuilder().On(OnCronPeriod.Hour, 24));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CronExpressionBuilder().Every(EveryCronPeriod.Second, 0));
        Assert.Throws<ArgumentException>(() => new CronExpressionBuilder().Through(ThroughCronPeriod.Minute, 5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => DaprJobSchedule.FromDuration(TimeSpan.Zero));
    }

    [Fact]
    public void FromDuration_Days_AreHours()
        => Assert.Equal("@every 49h1s500ms", DaprJobSchedule.FromDuration(new TimeSpan(2, 1, 0, 1, 500)).ExpressionValue);
}
