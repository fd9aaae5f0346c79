namespace Tandem.Contracts.Events;

/// <summary>The pub/sub component and its topics, one for each kind of event; each has a dead-letter topic of the same name and <c>-dead</c>.</summary>
public static class Topics
{
    /// <summary>The name of the pub/sub component in every folder of components/.</summary>
    public const string PubSub = "pubsub";

    public const string Payments = "payment-events";
    public const string Stock = "stock-events";
    public const string Baskets = "basket-events";
    public const string Users = "user-events";
    public const string Orders = "order-events";
    public const string System = "system-events";
    public const string Marketing = "marketing-events";
    public const string AnalyticsResults = "analytics-results";

    public const string PaymentsDead = Payments + DeadSuffix;
    public const string StockDead = Stock + DeadSuffix;
    public const string BasketsDead = Baskets + DeadSuffix;
    public const string UsersDead = Users + DeadSuffix;
    public const string OrdersDead = Orders + DeadSuffix;
    public const string SystemDead = System + DeadSuffix;
    public const string MarketingDead = Marketing + DeadSuffix;
    public const string AnalyticsResultsDead = AnalyticsResults + DeadSuffix;

    private const string DeadSuffix = "-dead";
}
