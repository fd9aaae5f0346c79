using Tandem.Cli.Processes;

namespace Tandem.Cli.Tests.Processes;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void IsAlive_ThisProcess_IsTrue() => Assert.True(ProcessIdentity.Current.IsAlive);

    [Fact]
    public void IsAlive_OtherProcessOfTheSameId_IsFalse()
        => Assert.False((ProcessIdentity.Current with { Started = "1" }).IsAlive);

    [Fact]
    public void Find_NoSuchProcess_IsNull() => Assert.Null(ProcessIdentity.Find(int.MaxValue));

    [Fact]
    public void SinceExec_IsShorterThanADay() => Assert.InRange(ProcessIdentity.SinceExec(), TimeSpan.Zero, TimeSpan.FromDays(1));
}
