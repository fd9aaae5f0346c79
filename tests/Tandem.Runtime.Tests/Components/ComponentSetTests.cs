using Tandem.Components.Metadata;
using Tandem.Runtime.Components;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Components;

public sealed class ComponentSetTests
{
    private static readonly ResiliencyPolicies NoPolicies = new([], TimeProvider.System);

    [Fact]
    public void Replace_OneComponentChanged_TheOthersKeepTheirEntries()
    {
        var kept = Load("kept");
        var set = new ComponentSet([kept, Load("changed"), Load("removed")]);
        var table = set.TableOf<Thing, object>(static (_, _) => new object());
        Assert.True(table.TryGet("kept", out var keptEntry));
        Assert.True(table.TryGet("changed", out var changedEntry));

        var gone = set.Replace([Load("changed"), kept, Load("added")]);

        Assert.Equal(["changed", "removed"], gone.Select(static component => component.Name));
        Assert.True(table.TryGet("kept", out var keptAfter));
        Assert.Same(keptEntry, keptAfter);
        Assert.True(table.TryGet("changed", out var changedAfter));
        Assert.NotSame(changedEntry, changedAfter);
        Assert.True(table.TryGet("added", out _));
        Assert.False(table.TryGet("removed", out _));
    }

    [Fact]
    public void Replace_ABuildingBlockCannotTakeAComponent_EverythingStaysAsItWas()
    {
        var before = Load("before");
        var set = new ComponentSet([before]);
        var first = set.TableOf<Thing, object>(static (_, _) => new object());
        _ = set.TableOf<Thing, object>(static (component, _) => component.Name is "bad" ? throw new ComponentFaultException("no") : new object());

        Assert.Throws<ComponentFaultException>(() => set.Replace([Load("bad")]));

        Assert.Same(before, Assert.Single(set.All));
        Assert.True(first.TryGet("before", out _));
        Assert.False(first.TryGet("bad", out _));
    }

    [Fact]
    public async Task RetireAsync_ACallRuns_ClosesWhenItHasEnded()
    {
        var clock = new ManualTimeProvider();
        var closed = new TaskCompletionSource();
        var component = Load("store", close: closed.SetResult);
        var answer = new TaskCompletionSource<int>();
        var call = new OutboundPolicy(NoPolicies, component).RunAsync(static (wait, _) => new ValueTask<int>(wait), answer.Task, default).AsTask();

        var retiring = component.RetireAsync(clock, default);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(closed.Task.IsCompleted);
        answer.SetResult(7);

        Assert.Equal(7, await call.WithinAsync());
        await retiring.WithinAsync();
        Assert.True(closed.Task.IsCompleted);
    }

    private static LoadedComponent Load(string name, Action? close = null) => new(
        new ComponentResource { Id = new ResourceId("x.yaml", 1, "Component", name), Type = "state.x", Version = "v1", Metadata = [] },
        new ComponentMetadata(new Dictionary<string, string>()),
        new Thing(),
        () =>
        {
            close?.Invoke();
            return ValueTask.CompletedTask;
        });

    private sealed class Thing;
}
