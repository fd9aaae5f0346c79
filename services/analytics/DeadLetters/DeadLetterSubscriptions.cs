using System.Text.Json;
using Dapr;
using Microsoft.AspNetCore.Mvc;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>
/// Takes every dead-letter topic's messages in. As payloads and not as events: what nobody can read must still be taken, and kept as it is.
/// </summary>
internal static class DeadLetterSubscriptions
{
    /// <summary>The topics whose dead letters are kept.</summary>
    public static readonly string[] AllTopics =
        [Topics.Payments, Topics.Stock, Topics.Baskets, Topics.Users, Topics.Orders, Topics.System, Topics.Marketing, Topics.AnalyticsResults];

    /// <summary>A message of the largest size that a sidecar takes, in base64 in an envelope.</summary>
    private const int LargestDelivery = 8 * 1024 * 1024;

    public static IEndpointRouteBuilder MapDeadLetterTopics(this IEndpointRouteBuilder routes)
    {
        foreach (var topic in AllTopics)
        {
            routes.MapPost($"/events/{topic}-dead", (HttpRequest request, DeadLetterDesk desk, CancellationToken cancellationToken) => ReceiveAsync(topic, request, desk, cancellationToken))
                .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = $"{topic}-dead", EnableRawPayload = true })
                .WithMetadata(new RequestSizeLimitAttribute(LargestDelivery))
                .RequireAuthorization(Policies.Sidecar)
                .ExcludeFromDescription();
        }

        return routes;
    }

    private static async Task<IResult> ReceiveAsync(string topic, HttpRequest request, DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        await request.Body.CopyToAsync(buffer, cancellationToken);
        await desk.ReceiveAsync(topic, DeadMessage.Read(PayloadOf(buffer.ToArray())), cancellationToken);
        return TypedResults.Ok();
    }

    /// <summary>What the sidecar has put into an envelope of its own; whatever else comes is the message itself.</summary>
    private static byte[] PayloadOf(byte[] delivery)
    {
        try
        {
            using var envelope = JsonDocument.Parse(delivery);
            return envelope.RootElement.ValueKind == JsonValueKind.Object
                && envelope.RootElement.TryGetProperty("data_base64", out var data)
                && data.ValueKind == JsonValueKind.String
                && data.TryGetBytesFromBase64(out var payload)
                    ? payload
                    : delivery;
        }
        catch (JsonException)
        {
            return delivery;
        }
    }
}
