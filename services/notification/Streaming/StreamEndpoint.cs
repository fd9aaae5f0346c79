using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>A user's new notifications as server-sent events; who comes back with Last-Event-ID misses none.</summary>
internal static class StreamEndpoint
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static IEndpointRouteBuilder MapStream(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/notifications/stream", Stream).WithTags("Notifications").RequireAuthorization(Policies.UserOrService).Describe("A user's new notifications as server-sent events");
        return routes;
    }

    private static async Task<Results<ServerSentEventsResult<NotificationResponse?>, ProblemHttpResult>> Stream(
        string? userId,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        ClaimsPrincipal user,
        NotificationStore store,
        NotificationFeed feed,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        if ((userId ?? user.FindUserId()) is not { } whose)
        {
            return Problems.Validation("userId", "Say whose notifications to stream.");
        }

        if (!user.CanActFor(whose))
        {
            return Problems.Forbidden("These are another user's notifications.");
        }

        var position = StreamPosition.TryParse(lastEventId)
            ?? new StreamPosition(await store.LastPositionAsync(whose, cancellationToken), time.GetUtcNow());
        return TypedResults.ServerSentEvents(WatchAsync(whose, position, store, feed, time, lifetime.ApplicationStopping, cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<NotificationResponse?>> WatchAsync(
        string userId,
        StreamPosition position,
        NotificationStore store,
        NotificationFeed feed,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = feed.Watch(userId);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);

        // The first one goes out at once, so that the client knows it is heard.
        yield return new SseItem<NotificationResponse?>(null, "heartbeat");
        while (!either.IsCancellationRequested)
        {
            var news = await store.AfterAsync(userId, position, CancellationToken.None);
            foreach (var row in news)
            {
                position = position.After(row);
                yield return new SseItem<NotificationResponse?>(NotificationResponse.From(row.ToNotification()), "notification")
                {
                    EventId = position.ToString(),
                };
            }

            if (news.Count == 0)
            {
                var began = time.GetTimestamp();
                try
                {
                    await watcher.Signal.WaitAsync(Heartbeat, time, either.Token);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                if (time.GetElapsedTime(began) >= Heartbeat)
                {
                    yield return new SseItem<NotificationResponse?>(null, "heartbeat");
                }
            }
        }
    }
}
