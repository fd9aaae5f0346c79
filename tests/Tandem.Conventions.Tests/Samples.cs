namespace Tandem.Conventions.Tests;

/// <summary>What tests look like, for the check that looks at tests.</summary>
internal abstract class Samples
{
    public static void Directly() => Assert.True(Answer() == 42);

    public static void ThroughAHelper() => Check(Answer());

    public static async Task InALambdaAsync() => await Task.Run(static async () =>
    {
        await Task.Yield();
        Check(Answer());
    });

    public void ThroughAnAbstractMethod() => Verify(Answer());

    public static void ThroughAGenericType() => Checker<int>.Run(Answer());

    public static void NotAtAll() => Answer();

    public static async Task NotAtAllAsync()
    {
        await Task.Yield();
        Answer();
    }

    protected abstract void Verify(int answer);

    private static int Answer() => 42;

    private static void Check(int answer) => Assert.Equal(42, answer);

    private sealed class Strict : Samples
    {
        protected override void Verify(int answer) => Check(answer);
    }

    private static class Checker<T>
    {
        public static void Run(T value) => Assert.NotNull(value);
    }
}
