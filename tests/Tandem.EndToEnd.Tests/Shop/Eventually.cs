namespace Tandem.EndToEnd.Tests.Shop;

/// <summary>Waits for what a running mesh brings about in its own time.</summary>
internal static class Eventually
{
    /// <summary>Asks again until the answer fits; fails with what was last seen when the limit is over.</summary>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> fits, TimeSpan limit, Func<T, string> describe)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var seen = await look();
            if (fits(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetTimestamp() > end)
            {
                Assert.Fail($"Not within {limit.TotalSeconds:0} s; last seen: {describe(seen)}");
            }

            await pause.WaitForNextTickAsync();
        }
    }
}
