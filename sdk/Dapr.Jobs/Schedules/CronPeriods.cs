using System.Runtime.Serialization;

namespace Dapr.Jobs;

#pragma warning disable CS1591 // The names say all.
/// <summary>What a value of <see cref="CronExpressionBuilder.On(OnCronPeriod, int[])"/> is.</summary>
public enum OnCronPeriod
{
    Second,
    Minute,
    Hour,
    DayOfMonth,
}

/// <summary>What an interval of <see cref="CronExpressionBuilder.Every"/> is of.</summary>
public enum EveryCronPeriod
{
    Second,
    Minute,
    Hour,
    Month,
    DayInMonth,
    DayInWeek,
}

/// <summary>What a range of <see cref="CronExpressionBuilder.Through(ThroughCronPeriod, int, int)"/> is of.</summary>
public enum ThroughCronPeriod
{
    Second,
    Minute,
    Hour,
    DayOfMonth,
    Month,
}

/// <summary>What <see cref="CronExpressionBuilder.Each"/> is of.</summary>
public enum CronPeriod
{
    Second,
    Minute,
    Hour,
    DayOfMonth,
    Month,
    DayOfWeek,
}

/// <summary>A day of the week.</summary>
public enum DayOfWeek
{
    [EnumMember(Value = "SUN")]
    Sunday = 0,
    [EnumMember(Value = "MON")]
    Monday = 1,
    [EnumMember(Value = "TUE")]
    Tuesday = 2,
    [EnumMember(Value = "WED")]
    Wednesday = 3,
    [EnumMember(Value = "THU")]
    Thursday = 4,
    [EnumMember(Value = "FRI")]
    Friday = 5,
    [EnumMember(Value = "SAT")]
    Saturday = 6,
}

/// <summary>A month.</summary>
public enum MonthOfYear
{
    [EnumMember(Value = "JAN")]
    January = 1,
    [EnumMember(Value = "FEB")]
    February = 2,
    [EnumMember(Value = "MAR")]
    March = 3,
    [EnumMember(Value = "APR")]
    April = 4,
    [EnumMember(Value = "MAY")]
    May = 5,
    [EnumMember(Value = "JUN")]
    June = 6,
    [EnumMember(Value = "JUL")]
    July = 7,
    [EnumMember(Value = "AUG")]
    August = 8,
    [EnumMember(Value = "SEP")]
    September = 9,
    [EnumMember(Value = "OCT")]
    October = 10,
    [EnumMember(Value = "NOV")]
    November = 11,
    [EnumMember(Value = "DEC")]
    December = 12,
}
#pragma warning restore CS1591
