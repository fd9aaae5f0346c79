using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Makes the notification that an event means for a user.</summary>
internal sealed class EventNotifications(NotificationStore store, IOptions<NotificationOptions> options, TimeProvider time)
{
    public Task AddAsync<TEvent>(DbTransaction tx, TEvent e, string eventId, string userId, CancellationToken cancellationToken)
        where TEvent : IntegrationEvent
    {
        var text = EventTexts.For<TEvent>();
        var notification = UserNotification.Create(
            userId, typeof(TEvent).Name, text.Channel, text.Priority, text.Title(e), text.Message(e), time.GetUtcNow(), options.Value.Lifetime) with
        {
            EventId = eventId,
            Data = JsonSerializer.Serialize(e, ServiceJson.Options),
        };
        return store.AddAsync(tx, notification, cancellationToken);
    }
}
