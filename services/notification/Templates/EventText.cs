using Tandem.Contracts.Events;

namespace Tandem.Notification;

/// <summary>How users are told of one type of event.</summary>
/// <param name="Channel">The way that it takes.</param>
/// <param name="Priority">How much it matters.</param>
/// <param name="Title">The title of a notification, which is also an email's subject.</param>
/// <param name="Message">What it says.</param>
internal sealed record EventText(Channel Channel, Priority Priority, Func<IntegrationEvent, string> Title, Func<IntegrationEvent, string> Message)
{
    public static EventText Of<TEvent>(Channel channel, Priority priority, string title, Func<TEvent, string> message)
        where TEvent : IntegrationEvent
        => new(channel, priority, _ => title, e => message((TEvent)e));

    public static EventText Of<TEvent>(Channel channel, Priority priority, Func<TEvent, string> title, Func<TEvent, string> message)
        where TEvent : IntegrationEvent
        => new(channel, priority, e => title((TEvent)e), e => message((TEvent)e));
}
