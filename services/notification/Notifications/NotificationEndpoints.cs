using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>What a user does with the own notifications.</summary>
internal static class NotificationEndpoints
{
    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/notifications").WithTags("Notifications").RequireAuthorization(Policies.UserOrService);
        group.MapGet("", List).Validate<PageRequest>().Describe("A user's notifications, the newest first");
        group.MapGet("/unread", ListUnread).Validate<PageRequest>().Describe("A user's unread notifications");
        group.MapGet("/stats", Stats).Describe("How many notifications there are of each status and type");
        group.MapGet("/{id}", Get).Describe("A notification");
        group.MapDelete("/{id}", Delete).Describe("Removes a notification");
        group.MapPost("/{id}/read", Read).Describe("Marks a notification as read", StatusCodes.Status409Conflict);
        group.MapPost("/read-all", ReadAll).Validate<ReadAllRequest>().Describe("Marks all of a user's notifications as read");
        return routes;
    }

    private static async Task<Results<Ok<Page<NotificationResponse>>, ProblemHttpResult>> List(
        string? userId, string? status, string? type, [AsParameters] PageRequest page, ClaimsPrincipal user, NotificationStore store, CancellationToken cancellationToken)
    {
        if (Whose(userId, user) is not { Allowed: true } whose)
        {
            return Problems.Forbidden("These are another user's notifications.");
        }

        if (status is not null && Words.Find<Status>(status) is null)
        {
            return Problems.Validation("status", $"Must be one of {Words.All<Status>()}.");
        }

        var found = await store.ListAsync(new NotificationFilter(whose.UserId, status is null ? null : Words.Parse<Status>(status), type), page, cancellationToken);
        return TypedResults.Ok(found.Select(NotificationResponse.From));
    }

    private static async Task<Results<Ok<Page<NotificationResponse>>, ProblemHttpResult>> ListUnread(
        string? userId, [AsParameters] PageRequest page, ClaimsPrincipal user, NotificationStore store, CancellationToken cancellationToken)
    {
        if (Whose(userId, user) is not { Allowed: true } whose)
        {
            return Problems.Forbidden("These are another user's notifications.");
        }

        var found = await store.ListAsync(new NotificationFilter(whose.UserId, UnreadOnly: true), page, cancellationToken);
        return TypedResults.Ok(found.Select(NotificationResponse.From));
    }

    private static async Task<Results<Ok<NotificationStats>, ProblemHttpResult>> Stats(
        string? userId, ClaimsPrincipal user, NotificationStore store, CancellationToken cancellationToken)
    {
        if (Whose(userId, user) is not { Allowed: true } whose)
        {
            return Problems.Forbidden("These are another user's notifications.");
        }

        return TypedResults.Ok(NotificationStats.Of(await store.CountAsync(whose.UserId, cancellationToken)));
    }

    private static async Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Get(
        string id, ClaimsPrincipal user, NotificationStore store, CancellationToken cancellationToken)
        => await store.FindAsync(id, cancellationToken) is not { } notification ? Problems.NotFound("Notification", id)
            : !user.CanActFor(notification.UserId) ? Problems.Forbidden("This is another user's notification.")
            : TypedResults.Ok(NotificationResponse.From(notification));

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, ClaimsPrincipal user, NotificationStore store, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } notification)
        {
            return Problems.NotFound("Notification", id);
        }

        if (!user.CanActFor(notification.UserId))
        {
            return Problems.Forbidden("This is another user's notification.");
        }

        return await store.DeleteAsync(id, cancellationToken) == 1 ? TypedResults.NoContent() : Problems.NotFound("Notification", id);
    }

    private static Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Read(
        string id, ClaimsPrincipal user, NotificationChanges changes, TimeProvider time, CancellationToken cancellationToken)
        => changes.ApplyAsync(id, user, notification => notification.Read(time.GetUtcNow()), "It has not reached its user yet.", cancellationToken);

    private static async Task<Results<Ok<ReadAllResponse>, ProblemHttpResult>> ReadAll(
        ReadAllRequest request, ClaimsPrincipal user, NotificationStore store, TimeProvider time, CancellationToken cancellationToken)
        => user.CanActFor(request.UserId!)
            ? TypedResults.Ok(new ReadAllResponse(await store.ReadAllAsync(request.UserId!, time.GetUtcNow(), cancellationToken)))
            : Problems.Forbidden("These are another user's notifications.");

    /// <summary>A user sees the own ones, those who may see all say whose or nothing.</summary>
    private static (bool Allowed, string? UserId) Whose(string? userId, ClaimsPrincipal user)
    {
        if (userId is null && !user.IsAdmin() && !user.IsService())
        {
            return (true, user.UserId());
        }

        return (userId is null || user.CanActFor(userId), userId);
    }

    internal sealed record ReadAllResponse(int Updated);
}
