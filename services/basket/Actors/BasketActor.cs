using Dapr.Actors.Runtime;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>
/// The actor type <c>Basket</c>. Its whole state is one value, so that a change and the events that it makes are stored together.
/// <para>
/// Publishing: a reminder is set before the change is stored and fires at once; its turn publishes what is pending and takes the reminder
/// away when nothing is left. A crash at any point leaves either nothing or a reminder that finds the events under their ids.
/// </para>
/// <para>
/// Idling: one reminder per basket with something in it, not moved by changes. When it fires it looks at the last change and acts, or sets
/// itself for the time that is left.
/// </para>
/// <para>
/// Idempotency keys: the answer to a request that carried one is a value of its own, which is stored in the transaction of the change and
/// expires by itself.
/// </para>
/// </summary>
[Actor(TypeName = TypeName)]
internal sealed class BasketActor(
    ActorHost host, BasketPublisher publisher, BasketMetrics metrics, IOptions<BasketOptions> options, TimeProvider time)
    : Actor(host), IBasketActor, IRemindable
{
    public const string TypeName = "Basket";

    private const string StateName = "basket";
    private const string PublishReminder = "publish";
    private const string IdleReminder = "idle";

    public async Task<BasketView> GetAsync() => (await LoadAsync()).View();

    public async Task<Remembered> RememberAsync(KeyedRequest key)
    {
        var stored = await StateManager.TryGetStateAsync<StoredAnswer>(NameOf(key));
        if (!stored.HasValue)
        {
            return new Remembered(null);
        }

        var (request, answer) = stored.Value;
        return new Remembered(request == key.Request
            ? answer with { IsReplayed = true }
            : answer with { Outcome = BasketOutcome.KeyReused });
    }

    public Task<BasketAnswer> CreateAsync(Creation creation)
        => ChangeAsync(basket => new BasketChange(basket.Create(time.GetUtcNow())), creation.Key);

    public Task<BasketAnswer> AddAsync(LineChange change)
        => ChangeAsync(basket => basket.Add(change.Product, change.Quantity, time.GetUtcNow()), change.Key);

    public Task<BasketAnswer> SetQuantityAsync(LineChange change)
        => ChangeAsync(basket => basket.SetQuantity(change.Product, change.Quantity, time.GetUtcNow()));

    public Task<BasketAnswer> RemoveAsync(int productId) => ChangeAsync(basket => basket.Remove(productId, time.GetUtcNow()));

    public async Task<BasketView> ClearAsync()
    {
        var answer = await ChangeAsync(basket => new BasketChange(basket.Clear(Ids.New(), time.GetUtcNow())));
        return answer.Basket;
    }

    public Task DeleteAsync()
        => ChangeAsync(basket => new BasketChange(basket.Clear(Ids.New(), time.GetUtcNow()) with { CreatedAt = null, UpdatedAt = null }));

    public async Task<BasketView> CheckOutAsync(CheckOut order)
    {
        var answer = await ChangeAsync(basket => new BasketChange(basket.CheckOut(order.OrderId, order.Items, Ids.New(), time.GetUtcNow())));
        return answer.Basket;
    }

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        switch (reminderName)
        {
            case PublishReminder:
                await PublishAsync();
                break;
            case IdleReminder:
                await LookAfterIdleAsync();
                break;
            default:
                await UnregisterReminderAsync(reminderName);
                break;
        }
    }

    private async Task PublishAsync()
    {
        var basket = await LoadAsync();
        foreach (var pending in basket.Pending)
        {
            // An exception keeps the reminder, which comes back after its period; what is out by then is stored as out.
            await publisher.PublishAsync(pending, CancellationToken.None);
            basket = basket.Published(pending.Id);
            await SaveAsync(basket);
        }

        await UnregisterReminderAsync(PublishReminder);
    }

    private async Task LookAfterIdleAsync()
    {
        var basket = await LoadAsync();
        var now = time.GetUtcNow();
        var idle = now - (basket.UpdatedAt ?? now);
        var next = basket;
        if (idle >= options.Value.AbandonedAfter)
        {
            next = basket.Abandon(Ids.New(), now);
        }

        // Both at once when nobody was there to fire the reminder for days.
        if (idle >= options.Value.EmptiedAfter)
        {
            next = next.Clear(Ids.New(), now);
        }

        if (next.Items.Count == 0)
        {
            await StoreAsync(basket, next with { IsWatched = false });
            await UnregisterReminderAsync(IdleReminder);
            return;
        }

        // Set anew before the state is stored: a crash in between repeats this turn and loses nothing.
        var due = next.AbandonedAt is null ? options.Value.AbandonedAfter : options.Value.EmptiedAfter;
        await WatchAsync(due - idle);
        await StoreAsync(basket, next);
    }

    private async Task<BasketAnswer> ChangeAsync(Func<Basket, BasketChange> rule, KeyedRequest? key = null)
    {
        if (key is not null && (await RememberAsync(key)).Answer is { } remembered)
        {
            return remembered;
        }

        var basket = await LoadAsync();
        var change = rule(basket);
        var answer = new BasketAnswer(
            change.Outcome, change.Detail, change.Basket.View(), IsNew: basket.CreatedAt is null && change.Basket.CreatedAt is not null);
        if (!answer.IsDone)
        {
            return answer;
        }

        if (key is not null)
        {
            await StateManager.SetStateAsync(NameOf(key), new StoredAnswer(key.Request, answer), RequestKey.Lifetime);
        }

        await StoreAsync(basket, change.Basket, isKeyed: key is not null);
        return answer;
    }

    private async Task StoreAsync(Basket before, Basket after, bool isKeyed = false)
    {
        if (ReferenceEquals(before, after) && !isKeyed)
        {
            return;
        }

        if (after.Pending.Count > before.Pending.Count)
        {
            await RegisterReminderAsync(PublishReminder, null, TimeSpan.Zero, options.Value.PublishRetry);
        }

        if (after is { Items.Count: > 0, IsWatched: false })
        {
            await WatchAsync(options.Value.AbandonedAfter);
            after = after with { IsWatched = true };
        }

        await SaveAsync(after);
        metrics.Changed(before, after);
    }

    // With a period, so that it cannot be lost: should this turn fail after the reminder has fired, it fires again.
    private async Task WatchAsync(TimeSpan due)
        => await RegisterReminderAsync(IdleReminder, null, due > TimeSpan.Zero ? due : TimeSpan.Zero, options.Value.AbandonedAfter);

    private async Task<Basket> LoadAsync()
    {
        var stored = await StateManager.TryGetStateAsync<Basket>(StateName);
        return stored.HasValue ? stored.Value : Basket.Empty(Id.GetId());
    }

    private async Task SaveAsync(Basket basket)
    {
        await StateManager.SetStateAsync(StateName, basket);
        await StateManager.SaveStateAsync();
    }

    private static string NameOf(KeyedRequest key) => $"answer-{key.Id}";

    /// <summary>What was answered to a request that carried an idempotency key.</summary>
    internal sealed record StoredAnswer(string Request, BasketAnswer Answer);
}
