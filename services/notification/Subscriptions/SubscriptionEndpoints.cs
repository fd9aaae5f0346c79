using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Which events become notifications.</summary>
internal static class SubscriptionEndpoints
{
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        routes.MapEvents(Topics.Orders, static on => on
            .Handle<OrderCreated, OrderEventHandler<OrderCreated>>()
            .Handle<OrderReserved, OrderEventHandler<OrderReserved>>()
            .Handle<OrderPaid, OrderEventHandler<OrderPaid>>()
            .Handle<OrderShipped, OrderEventHandler<OrderShipped>>()
            .Handle<OrderDelivered, OrderEventHandler<OrderDelivered>>()
            .Handle<OrderCancelled, OrderEventHandler<OrderCancelled>>()
            .Handle<OrderRejected, OrderEventHandler<OrderRejected>>());
        routes.MapEvents(Topics.Payments, static on => on
            .Handle<PaymentCompleted, PaymentEventHandler<PaymentCompleted>>()
            .Handle<PaymentFailed, PaymentEventHandler<PaymentFailed>>()
            .Handle<PaymentRefunded, PaymentEventHandler<PaymentRefunded>>());
        routes.MapEvents(Topics.Baskets, static on => on
            .Handle<BasketCleared, BasketEventHandler<BasketCleared>>()
            .Handle<BasketAbandoned, BasketEventHandler<BasketAbandoned>>());
        routes.MapEvents(Topics.Users, static on => on.Handle<UserRegistered, UserRegisteredHandler>());
        routes.MapEvents(Topics.System, static on => on.Handle<SystemMaintenance, AnnouncementHandler<SystemMaintenance>>());
        routes.MapEvents(Topics.Marketing, static on => on.Handle<PromotionCreated, AnnouncementHandler<PromotionCreated>>());

        // Stock concerns those who run the shop and no customer: its events are taken, and nobody is told.
        routes.MapEvents(Topics.Stock, static _ => { });
        return routes;
    }
}
