using Dapr.Actors;
using Dapr.Actors.Runtime;
using Dapr.Sdk.Tests.Client;

namespace Dapr.Sdk.Tests.Actors;

public interface ICounter : IActor
{
    Task<int> AddAsync(int amount, CancellationToken cancellationToken = default);

    Task<Widget?> EchoAsync(Widget? widget);

    Task<string> JoinAsync(string left, int right);

    Task SetThenThrowAsync(int value);

    Task ThrowBeforeAsync();

    Task RemindAsync(string name);

    Task TickAsync();

    Task<string> LifeAsync();
}

public sealed class Journal
{
    public List<string> Lines { get; } = [];
}

public sealed class CounterActor(ActorHost host, Journal journal, CounterScope scope) : Actor(host), ICounter, IRemindable, IAsyncDisposable
{
    public async Task<int> AddAsync(int amount, CancellationToken cancellationToken = default)
    {
        Assert.True(cancellationToken.CanBeCanceled);
        return await StateManager.AddOrUpdateStateAsync("count", amount, (_, count) => count + amount, cancellationToken);
    }

    public Task<Widget?> EchoAsync(Widget? widget) => Task.FromResult(widget);

    public Task<string> JoinAsync(string left, int right) => Task.FromResult($"{left}{right}");

    public async Task SetThenThrowAsync(int value)
    {
        await StateManager.SetStateAsync("count", value);
        throw new InvalidOperationException("the basket is full");
    }

    public Task ThrowBeforeAsync() => throw new ArgumentException("at once");

    public async Task RemindAsync(string name)
    {
        await RegisterReminderAsync(name, [1, 2], TimeSpan.FromMinutes(90), TimeSpan.FromMilliseconds(-1));
        var found = await GetReminderAsync(name);
        journal.Lines.Add(found is null ? "no reminder" : $"reminder {found.Name} {found.DueTime} {found.Period} {Convert.ToHexString(found.State)}");
        await UnregisterReminderAsync(name);
    }

    public async Task TickAsync()
    {
        await RegisterTimerAsync("tick", nameof(OnTickAsync), [7], TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await UnregisterTimerAsync("tick");
    }

    public Task<string> LifeAsync() => Task.FromResult(scope.Id.ToString());

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        journal.Lines.Add($"{reminderName} {Convert.ToHexString(state)} {dueTime} {period}");
        await StateManager.SetStateAsync("reminded", reminderName, TimeSpan.FromMinutes(1));
    }

    public ValueTask DisposeAsync()
    {
        journal.Lines.Add("disposed");
        return ValueTask.CompletedTask;
    }

    protected override Task OnActivateAsync()
    {
        journal.Lines.Add($"activated {Id}");
        return Task.CompletedTask;
    }

    protected override Task OnDeactivateAsync()
    {
        journal.Lines.Add("deactivated");
        return Task.CompletedTask;
    }

    protected override Task OnPreActorMethodAsync(ActorMethodContext actorMethodContext) => Note("pre", actorMethodContext);

    protected override Task OnPostActorMethodAsync(ActorMethodContext actorMethodContext) => Note("post", actorMethodContext);

    protected override Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e) => Note("failed", actorMethodContext);

    private Task OnTickAsync(byte[] data)
    {
        journal.Lines.Add($"tick {data[0]}");
        return Task.CompletedTask;
    }

    private Task Note(string what, ActorMethodContext context)
    {
        journal.Lines.Add($"{what} {context.MethodName} {context.CallType}");
        return Task.CompletedTask;
    }
}

public sealed class CounterScope
{
    public Guid Id { get; } = Guid.NewGuid();
}
