using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>An admin tells everybody something: it is published as an event, and comes back to this service as any other.</summary>
internal static class AnnouncementEndpoint
{
    public static IEndpointRouteBuilder MapAnnouncements(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/notifications/announcements", Announce).WithTags("Management").RequireAuthorization(Policies.Admin).WithIdempotencyKey().Describe("Publishes SystemMaintenance or PromotionCreated to everybody");
        return routes;
    }

    private static async Task<Results<Accepted<AnnouncementResponse>, ProblemHttpResult>> Announce(
        JsonElement request, Database database, Outbox outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        var type = request.ValueKind == JsonValueKind.Object && request.TryGetProperty("type", out var name) ? name.ToString() : "";
        AnnouncementEvent? announcement;
        try
        {
            announcement = type switch
            {
                nameof(SystemMaintenance) => request.Deserialize<SystemMaintenance>(ServiceJson.Options),
                nameof(PromotionCreated) => request.Deserialize<PromotionCreated>(ServiceJson.Options),
                _ => null,
            };
        }
        catch (JsonException exception)
        {
            return Problems.Validation("body", $"The announcement is incomplete: {exception.Message}");
        }

        if (announcement is null)
        {
            return Problems.Validation("type", $"Must be {nameof(SystemMaintenance)} or {nameof(PromotionCreated)}.");
        }

        if (ErrorsOf(announcement) is { Count: > 0 } errors)
        {
            return Problems.Validation(errors);
        }

        var eventId = Ids.New(time.GetUtcNow());
        await database.WriteAsync(tx => outbox.AddAsync(tx, announcement, eventId, cancellationToken), cancellationToken);
        return TypedResults.Accepted((string?)null, new AnnouncementResponse(eventId, type));
    }

    private static Dictionary<string, string[]> ErrorsOf(AnnouncementEvent announcement)
    {
        Dictionary<string, string[]> errors = new(StringComparer.Ordinal);
        switch (announcement)
        {
            case SystemMaintenance maintenance:
                CheckText("message", maintenance.Message, NotificationRules.LongestMessage);
                if (maintenance.EndsAt <= maintenance.StartsAt)
                {
                    errors["endsAt"] = ["Must be after startsAt."];
                }

                break;
            case PromotionCreated promotion:
                CheckText("title", promotion.Title, NotificationRules.LongestTitle);
                CheckText("message", promotion.Message, NotificationRules.LongestMessage);
                if (!NotificationRules.IsOneLine(promotion.Title))
                {
                    errors["title"] = ["Must be one line."];
                }

                break;
        }

        return errors;

        void CheckText(string field, string? text, int longest)
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > longest)
            {
                errors[field] = [$"Must be a text of 1 to {longest} characters."];
            }
        }
    }

    internal sealed record AnnouncementResponse(string EventId, string Type);
}
