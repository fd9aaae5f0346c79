using System.Security.Claims;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>What admins and other services do with notifications.</summary>
internal static class ManagementEndpoints
{
    private const int LargestBulk = 1000;

    public static IEndpointRouteBuilder MapManagement(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/notifications").WithTags("Management").RequireAuthorization(Policies.AdminOrService);
        group.MapPost("", Create).Validate<CreateNotificationRequest>().WithIdempotencyKey().Describe("Makes a notification and sends it");
        group.MapPost("/schedule", Schedule).Validate<CreateNotificationRequest>().WithIdempotencyKey().Describe("Makes a notification that goes out later");
        group.MapPost("/bulk", CreateMany).WithIdempotencyKey().Describe("Makes up to 1,000 notifications, all or none");
        group.MapPut("/{id}", Update).Validate<UpdateNotificationRequest>().Describe("Changes a notification that has not gone out", StatusCodes.Status409Conflict);
        group.MapPost("/{id}/send", Send).Describe("Sends a scheduled notification now", StatusCodes.Status409Conflict);
        group.MapPost("/{id}/retry", Retry).Describe("Tries a failed notification again", StatusCodes.Status409Conflict);
        group.MapPost("/cleanup", CleanUp).Describe("Removes what has expired");
        return routes;
    }

    private static async Task<Created<NotificationResponse>> Create(
        CreateNotificationRequest request, Database database, NotificationStore store, IOptions<NotificationOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var notification = Make(request, options.Value, time.GetUtcNow());
        await database.WriteAsync(tx => store.AddAsync(tx, notification, cancellationToken), cancellationToken);
        return TypedResults.Created($"/notifications/{notification.Id}", NotificationResponse.From(notification));
    }

    private static async Task<Results<Created<NotificationResponse>, ProblemHttpResult>> Schedule(
        CreateNotificationRequest request, Database database, NotificationStore store, IOptions<NotificationOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.ScheduledAt is null)
        {
            return Problems.Validation("scheduledAt", "Say when it goes out.");
        }

        return await Create(request, database, store, options, time, cancellationToken);
    }

    private static async Task<Results<Created<BulkResponse>, ProblemHttpResult>> CreateMany(
        IReadOnlyList<CreateNotificationRequest?> requests,
        IValidator<CreateNotificationRequest> validator,
        Database database,
        NotificationStore store,
        IOptions<NotificationOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (requests.Count is 0 or > LargestBulk)
        {
            return Problems.Validation("body", $"Expected 1 to {LargestBulk} notifications.");
        }

        var errors = ErrorsOf(requests, validator);
        if (errors.Count > 0)
        {
            return Problems.Validation(errors);
        }

        var now = time.GetUtcNow();
        UserNotification[] notifications = [.. requests.Select(request => Make(request!, options.Value, now))];
        await database.WriteAsync(
            async tx =>
            {
                foreach (var notification in notifications)
                {
                    await store.AddAsync(tx, notification, cancellationToken);
                }
            },
            cancellationToken);
        return TypedResults.Created((string?)null, new BulkResponse(notifications.Length, [.. notifications.Select(static notification => notification.Id)]));
    }

    private static Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Update(
        string id, UpdateNotificationRequest request, ClaimsPrincipal user, NotificationChanges changes, CancellationToken cancellationToken)
        => changes.ApplyAsync(
            id,
            user,
            notification => notification.Edit(
                request.Title!, request.Message!, request.Priority ?? notification.Priority, request.Data?.GetRawText() ?? notification.Data),
            "What has gone out cannot be changed.",
            cancellationToken);

    private static Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Send(
        string id, ClaimsPrincipal user, NotificationChanges changes, TimeProvider time, CancellationToken cancellationToken)
        => changes.ApplyAsync(id, user, notification => notification.Send(time.GetUtcNow()), "It has gone out already, or has failed.", cancellationToken);

    private static Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> Retry(
        string id, ClaimsPrincipal user, NotificationChanges changes, TimeProvider time, CancellationToken cancellationToken)
        => changes.ApplyAsync(id, user, notification => notification.Retry(time.GetUtcNow()), "Only what has failed can be tried again.", cancellationToken);

    private static async Task<Ok<CleanUpResponse>> CleanUp(NotificationStore store, TimeProvider time, CancellationToken cancellationToken)
        => TypedResults.Ok(new CleanUpResponse(await store.DeleteExpiredAsync(time.GetUtcNow(), cancellationToken)));

    private static UserNotification Make(CreateNotificationRequest request, NotificationOptions options, DateTimeOffset now)
    {
        var notification = UserNotification.Create(
            request.UserId!, request.Type!, request.Channel!.Value, request.Priority ?? Priority.Normal, request.Title!, request.Message!, now, options.Lifetime) with
        {
            Data = request.Data?.GetRawText() ?? "{}",
        };
        return request.ScheduledAt is { } at ? notification.Schedule(at) : notification;
    }

    private static Dictionary<string, string[]> ErrorsOf(IReadOnlyList<CreateNotificationRequest?> requests, IValidator<CreateNotificationRequest> validator)
    {
        Dictionary<string, string[]> errors = new(StringComparer.Ordinal);
        for (var i = 0; i < requests.Count; i++)
        {
            if (requests[i] is not { } request)
            {
                errors[$"[{i}]"] = ["Must be a notification."];
                continue;
            }

            foreach (var failures in validator.Validate(request).Errors.GroupBy(static failure => failure.PropertyName, StringComparer.Ordinal))
            {
                var field = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(failures.Key);
                errors[$"[{i}].{field}"] = [.. failures.Select(static failure => failure.ErrorMessage)];
            }
        }

        return errors;
    }

    internal sealed record BulkResponse(int Created, IReadOnlyList<string> Ids);

    internal sealed record CleanUpResponse(int Removed);
}
