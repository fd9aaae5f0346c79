using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tandem.ServiceDefaults;

namespace Tandem.Analytics;

/// <summary>Closed windows as server-sent events, for admins; who comes back with Last-Event-ID misses none.</summary>
internal static class StreamEndpoint
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static IEndpointRouteBuilder MapStream(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/analytics/stream", Stream).WithTags("Analytics").RequireAuthorization(Policies.Admin)
            .Describe("Windows as server-sent events as they close; Last-Event-ID brings those that were missed");
        return routes;
    }

    private static async Task<ServerSentEventsResult<WindowResponse?>> Stream(
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        WindowStore windows,
        WindowFeed feed,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        var sequence = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : await windows.LastSequenceAsync(cancellationToken);
        return TypedResults.ServerSentEvents(WatchAsync(sequence, windows, feed, time, lifetime.ApplicationStopping, cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<WindowResponse?>> WatchAsync(
        long sequence,
        WindowStore windows,
        WindowFeed feed,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);

        // The first one goes out at once, so that the client knows it is heard.
        yield return new SseItem<WindowResponse?>(null, "heartbeat");
        while (!either.IsCancellationRequested)
        {
            var next = feed.Next;
            var closed = await windows.ClosedAfterAsync(sequence, CancellationToken.None);
            foreach (var window in closed)
            {
                sequence = window.Sequence!.Value;
                yield return new SseItem<WindowResponse?>(WindowResponse.From(window), "window") { EventId = sequence.ToString(CultureInfo.InvariantCulture) };
            }

            if (closed.Count > 0)
            {
                continue;
            }

            var silence = false;
            try
            {
                await next.WaitAsync(Heartbeat, time, either.Token);
            }
            catch (TimeoutException)
            {
                silence = true;
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            if (silence)
            {
                yield return new SseItem<WindowResponse?>(null, "heartbeat");
            }
        }
    }
}
