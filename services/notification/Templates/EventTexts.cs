using System.Collections.Frozen;
using System.Globalization;
using Tandem.Contracts.Events;

namespace Tandem.Notification;

/// <summary>
/// The one table of what users are told: the channel and the words for each type of event. Email is for what matters when the user is
/// away: the account, the parcel on its way, and everything that went wrong.
/// </summary>
internal static class EventTexts
{
    private static readonly FrozenDictionary<Type, EventText> Texts = new Dictionary<Type, EventText>
    {
        [typeof(UserRegistered)] = EventText.Of<UserRegistered>(
            Channel.Email, Priority.Normal, "Welcome to Tandem", static e => $"Hello {e.Name}, your account is ready."),

        [typeof(BasketCleared)] = EventText.Of<BasketCleared>(
            Channel.InApp, Priority.Low, "Your basket is empty", static e => $"Your basket with {Count(e.Items.Count, "item")} was emptied."),
        [typeof(BasketAbandoned)] = EventText.Of<BasketAbandoned>(
            Channel.InApp, Priority.Normal, "Your basket is waiting", static e => $"There {(e.Items.Count == 1 ? "is" : "are")} still {Count(e.Items.Count, "item")} in your basket."),

        [typeof(OrderCreated)] = EventText.Of<OrderCreated>(
            Channel.InApp, Priority.Normal, "We have your order", static e => $"Your order over {Money(e.Total, e.Currency)} has arrived."),
        [typeof(OrderReserved)] = EventText.Of<OrderReserved>(
            Channel.InApp, Priority.Low, "Your items are reserved", static e => $"{Count(e.Items.Sum(static i => i.Quantity), "item")} of your order {(e.Items.Sum(static i => i.Quantity) == 1 ? "is" : "are")} set aside for you."),
        [typeof(OrderPaid)] = EventText.Of<OrderPaid>(
            Channel.InApp, Priority.Normal, "Your order is paid", static e => $"Thank you: {Money(e.Total, e.Currency)} are paid."),
        [typeof(OrderShipped)] = EventText.Of<OrderShipped>(
            Channel.Email, Priority.Normal, "Your order is on its way", static e => $"Your parcel has left us. Its tracking number is {e.TrackingNumber}."),
        [typeof(OrderDelivered)] = EventText.Of<OrderDelivered>(
            Channel.InApp, Priority.Normal, "Your order has arrived", static e => $"Your parcel {e.TrackingNumber} was delivered."),
        [typeof(OrderCancelled)] = EventText.Of<OrderCancelled>(
            Channel.Email, Priority.High, "Your order was cancelled", static e => $"Your order over {Money(e.Total, e.Currency)} was cancelled{Because(e.Reason)}."),
        [typeof(OrderRejected)] = EventText.Of<OrderRejected>(
            Channel.Email, Priority.High, "Your order cannot be fulfilled", static e => $"We cannot fulfil your order over {Money(e.Total, e.Currency)}{Because(e.Reason)}."),

        [typeof(PaymentCompleted)] = EventText.Of<PaymentCompleted>(
            Channel.InApp, Priority.Normal, "Payment received", static e => $"We received {Money(e.Amount, e.Currency)}."),
        [typeof(PaymentFailed)] = EventText.Of<PaymentFailed>(
            Channel.Email, Priority.High, "Your payment failed", static e => $"Your payment of {Money(e.Amount, e.Currency)} failed{Because(e.Reason)}."),
        [typeof(PaymentRefunded)] = EventText.Of<PaymentRefunded>(
            Channel.InApp, Priority.Normal, "Your money is on its way back", static e => $"{Money(e.Amount, e.Currency)} were refunded{Because(e.Reason)}."),

        [typeof(SystemMaintenance)] = EventText.Of<SystemMaintenance>(
            Channel.InApp, Priority.High, "Planned maintenance", static e => string.Create(CultureInfo.InvariantCulture, $"{e.Message} ({e.StartsAt.UtcDateTime:u} to {e.EndsAt.UtcDateTime:u})")),
        [typeof(PromotionCreated)] = EventText.Of<PromotionCreated>(
            Channel.InApp, Priority.Low, static e => e.Title, static e => e.Message),
    }.ToFrozenDictionary();

    public static EventText For<TEvent>()
        where TEvent : IntegrationEvent
        => Texts[typeof(TEvent)];

    private static string Money(decimal amount, string currency) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {currency}");

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    private static string Because(string? reason) => string.IsNullOrWhiteSpace(reason) ? "" : $" ({reason})";
}
