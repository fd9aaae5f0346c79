using Tandem.EndToEnd.Tests.Shop;
using Tandem.Testing;

namespace Tandem.EndToEnd.Tests.Observability;

/// <summary>One order is one trace, through HTTP, gRPC, the outbox, the broker, actors and the service in Node.js.</summary>
[Collection(nameof(ObservedMesh))]
public sealed class TraceTests(ObservedMesh observed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] Services = ["gateway", "order", "product", "basket", "payment", "shipping", "notification", "analytics"];

    [Fact]
    public async Task Order_FromTheBasket_IsOneTraceOfAllServicesAndTheirSidecars()
    {
        var spans = await TraceAsync();

        Assert.All(Services, service => Assert.Contains(spans, span => span.Service == service && !IsSidecars(span)));
        Assert.All(Services, service => Assert.Contains(spans, span => span.Service == service && IsSidecars(span)));
        var root = Assert.Single(spans, static span => span.ParentId == ObservedMesh.ClientSpanId);
        Assert.Equal("gateway", root.Service);
        var ids = spans.Select(static span => span.SpanId).ToHashSet();
        Assert.DoesNotContain(spans, span => span != root && !ids.Contains(span.ParentId));
    }

    [Fact]
    public async Task Notification_OfThePaidOrder_DescendsFromTheRequestThroughTheOutboxAndTheBroker()
    {
        var spans = await TraceAsync();

        var told = spans.Single(span => Is(span, "notification", "POST /events/order-events") && PathOf(span, spans).ElementAtOrDefault(4) == "order: publish OrderPaid");

        Assert.Equal(
            [
                "notification: POST /events/order-events",
                "notification sidecar: pubsub/order-events",
                "order sidecar: /dapr.proto.runtime.v1.Dapr/PublishEvent",
                "order: POST",
                "order: publish OrderPaid",
                "order: order saga",
            ],
            PathOf(told, spans).Take(6));
        Assert.Equal("gateway sidecar: /v1.0/invoke/order/method/orders", PathOf(told, spans).ToList()[^3]);
    }

    [Fact]
    public async Task Delivery_ByShippingInNodeJs_DescendsFromThePaidOrderAndIsHeardByOrder()
    {
        var spans = await TraceAsync();

        var heard = spans.Single(span => Is(span, "order", "POST /events/order-events") && PathOf(span, spans).Contains("shipping: deliver"));

        Assert.Contains("order: publish OrderPaid", PathOf(heard, spans));
        Assert.Contains(PathOf(heard, spans), static step => step.StartsWith("shipping sidecar: CallActor/Shipment/", StringComparison.Ordinal));
    }

    /// <summary>The order's trace when nothing of it is missing any more: spans arrive in batches, each process's in its own time.</summary>
    private Task<List<CollectedSpan>> TraceAsync() => Eventually.SeeAsync(
        () => Task.FromResult(observed.Collector.Seen.Where(static span => span.TraceId == ObservedMesh.TraceId).ToList()),
        static spans => Missing(spans) is null,
        Limit,
        static spans => $"{Missing(spans)}; there are:\n{string.Join('\n', spans.Select(span => $"{span.SpanId} of {span.ParentId}: {Title(span)}").Order())}");

    private static string? Missing(List<CollectedSpan> spans)
    {
        var ids = spans.Select(static span => span.SpanId).Append(ObservedMesh.ClientSpanId).ToHashSet();
        return spans.FirstOrDefault(span => !ids.Contains(span.ParentId)) is { } orphan ? $"the parent of {Title(orphan)}"
            : Services.FirstOrDefault(service => !spans.Exists(span => span.Service == service)) is { } service ? $"a span of {service}"
            : !spans.Exists(span => Is(span, "notification", "POST /events/order-events") && PathOf(span, spans).Contains("shipping: deliver")) ? "the notification of the delivery"
            : null;
    }

    /// <summary>From the span up to the root.</summary>
    private static IEnumerable<string> PathOf(CollectedSpan span, List<CollectedSpan> spans)
    {
        for (var at = span; at is not null; at = spans.Find(candidate => candidate.SpanId == at.ParentId))
        {
            yield return Title(at);
        }
    }

    private static bool Is(CollectedSpan span, string service, string name) => span.Service == service && !IsSidecars(span) && span.Name == name;

    private static string Title(CollectedSpan span) => $"{span.Service}{(IsSidecars(span) ? " sidecar" : "")}: {span.Name}";

    /// <summary>A service and its sidecar have one name, as with daprd.</summary>
    private static bool IsSidecars(CollectedSpan span) => span.Tags.ContainsKey("dapr.api") || span.Tags.ContainsKey("dapr.status_code")
        || span.Name.StartsWith("CallLocal/", StringComparison.Ordinal) || span.Name.StartsWith("CallActor/", StringComparison.Ordinal) || span.Name.StartsWith("pubsub/", StringComparison.Ordinal);
}
