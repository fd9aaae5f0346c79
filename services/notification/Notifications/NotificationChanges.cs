using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Reads, changes and writes one notification in one transaction.</summary>
internal sealed class NotificationChanges(Database database, NotificationStore store)
{
    /// <param name="id">The notification.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="change">The change; <see langword="null"/> when its state does not allow it.</param>
    /// <param name="refusal">What is said then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> ApplyAsync(
        string id, ClaimsPrincipal user, Func<UserNotification, UserNotification?> change, string refusal, CancellationToken cancellationToken)
        => database.WriteAsync<Results<Ok<NotificationResponse>, ProblemHttpResult>>(
            async tx =>
            {
                if (await store.FindAsync(tx, id, cancellationToken) is not { } before)
                {
                    return Problems.NotFound("Notification", id);
                }

                if (!user.CanActFor(before.UserId))
                {
                    return Problems.Forbidden("This is another user's notification.");
                }

                if (change(before) is not { } after)
                {
                    return Problems.Conflict($"{refusal} Its status is {Words.Of(before.Status)}.");
                }

                if (after != before)
                {
                    await store.UpdateAsync(tx, before, after, cancellationToken);
                }

                return TypedResults.Ok(NotificationResponse.From(after));
            },
            cancellationToken);
}
