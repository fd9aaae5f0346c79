using Tandem.Components.State;

namespace Tandem.Bench.Components;

/// <summary><c>state.sqlite</c>: saving, reading, transactions as an actor makes them.</summary>
internal static class StateBench
{
    private const int Keys = 1000;

    public static async IAsyncEnumerable<Measurement> RunAsync(string folder, TimeSpan duration)
    {
        var store = (ITransactionalStateStore)await Components.Catalog().StateStores.StartAsync("state.sqlite", folder, ("connectionString", "state.db"));
        var value = new byte[200];
        value.AsSpan().Fill((byte)'x');
        foreach (var callers in (int[])[1, 16, 64])
        {
            yield return await Measurement.CallersAsync(
                $"state.sqlite save, {callers} callers", callers, duration,
                async _ => await store.SetAsync(new StateSet($"bench||{Random.Shared.Next(Keys)}", value), default));
        }

        yield return await Measurement.CallersAsync(
            "state.sqlite get, 16 callers", 16, duration,
            async _ => await store.GetAsync($"bench||{Random.Shared.Next(Keys)}", default));
        yield return await Measurement.CallersAsync(
            "state.sqlite transaction of 3, 16 callers", 16, duration,
            async caller => await store.ExecuteAsync(
                [new StateSet($"a||{caller}||1", value), new StateSet($"a||{caller}||2", value), new StateDelete($"a||{caller}||3")], default));
        await ((IAsyncDisposable)store).DisposeAsync();
    }
}
