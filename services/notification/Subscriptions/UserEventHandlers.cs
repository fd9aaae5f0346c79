using System.Data.Common;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>An order's events concern the user who ordered.</summary>
internal sealed class OrderEventHandler<TEvent>(EventNotifications notifications) : IEventHandler<TEvent>
    where TEvent : OrderEvent
{
    public async Task HandleAsync(TEvent e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        await RecipientStore.KnowAsync(tx, e.UserId, ct);
        await notifications.AddAsync(tx, e, metadata.Id, e.UserId, ct);
    }
}

/// <summary>A payment's events concern the user who pays.</summary>
internal sealed class PaymentEventHandler<TEvent>(EventNotifications notifications) : IEventHandler<TEvent>
    where TEvent : PaymentEvent
{
    public async Task HandleAsync(TEvent e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        await RecipientStore.KnowAsync(tx, e.UserId, ct);
        await notifications.AddAsync(tx, e, metadata.Id, e.UserId, ct);
    }
}

/// <summary>A basket's events concern the user whose basket it is.</summary>
internal sealed class BasketEventHandler<TEvent>(EventNotifications notifications) : IEventHandler<TEvent>
    where TEvent : BasketEvent
{
    public async Task HandleAsync(TEvent e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        await RecipientStore.KnowAsync(tx, e.UserId, ct);
        await notifications.AddAsync(tx, e, metadata.Id, e.UserId, ct);
    }
}

/// <summary>A new user is greeted, and from then on has an address.</summary>
internal sealed class UserRegisteredHandler(EventNotifications notifications) : IEventHandler<UserRegistered>
{
    public async Task HandleAsync(UserRegistered e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        await RecipientStore.SaveAsync(tx, new Recipient { UserId = e.UserId, Email = e.Email, Name = e.Name }, ct);
        await notifications.AddAsync(tx, e, metadata.Id, e.UserId, ct);
    }
}

/// <summary>An announcement concerns every user that is known.</summary>
internal sealed class AnnouncementHandler<TEvent>(EventNotifications notifications) : IEventHandler<TEvent>
    where TEvent : AnnouncementEvent
{
    public async Task HandleAsync(TEvent e, EventMetadata metadata, DbTransaction tx, CancellationToken ct)
    {
        foreach (var userId in await RecipientStore.AllAsync(tx, ct))
        {
            await notifications.AddAsync(tx, e, metadata.Id, userId, ct);
        }
    }
}
