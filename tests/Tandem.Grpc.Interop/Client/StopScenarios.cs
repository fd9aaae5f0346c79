using Grpc.Core;
using Tandem.Interop.V1;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>Deadlines and cancellation, in every phase of a call.</summary>
internal static class StopScenarios
{
    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("a deadline that passes", DeadlinePasses),
        ("a deadline that passes between replies", DeadlineBetweenReplies),
        ("a deadline that is already over", peers => FailsAsync(StatusCode.DeadlineExceeded, async () => await peers.Plain.Calls.UnaryAsync(Request(), deadline: DateTime.UtcNow.AddSeconds(-1)))),
        ("a deadline in time, and none", DeadlineInTime),
        ("cancelled before it is sent", peers => FailsAsync(StatusCode.Cancelled, async () => await peers.Plain.Calls.UnaryAsync(Request(), cancellationToken: new CancellationToken(true)))),
        ("cancelled before the initial metadata", peers => Cancelled(peers, false)),
        ("cancelled after the initial metadata", peers => Cancelled(peers, true)),
        ("cancelled between replies", CancelledBetweenReplies),
        ("cancelled while sending", CancelledWhileSending),
        ("cancelled by disposing", CancelledByDisposing),
        ("cancelled after the end changes nothing", CancelledAfterTheEnd),
    ];

    // A held call of each kind: what its response headers and its end are waited for by.
    private static IEnumerable<(string Kind, Func<CallOptions, (Task<Metadata> Headers, Func<Task> End, IDisposable Call)> Begin)> Held(Peers peers)
    {
        var calls = peers.Plain.Calls;
        var now = Request(plan: new Plan { Hold = true });
        var afterOne = Request(plan: new Plan { Hold = true, HoldAfter = 1 });
        yield return ("unary", options =>
        {
            var call = calls.UnaryAsync(now, options);
            return (call.ResponseHeadersAsync, async () => await call, call);
        }
        );
        yield return ("server", options =>
        {
            var call = calls.ServerStream(now, options);
            return (call.ResponseHeadersAsync, () => CollectAsync(call.ResponseStream), call);
        }
        );
        yield return ("client", options =>
        {
            var call = calls.ClientStream(options);
            var sending = call.RequestStream.WriteAsync(afterOne);
            return (call.ResponseHeadersAsync, async () => await call, call);
        }
        );
        yield return ("duplex", options =>
        {
            var call = calls.Duplex(options);
            var sending = call.RequestStream.WriteAsync(afterOne);
            return (call.ResponseHeadersAsync, () => CollectAsync(call.ResponseStream), call);
        }
        );
    }

    private static async Task DeadlinePasses(Peers peers)
    {
        foreach (var (kind, begin) in Held(peers))
        {
            var name = NewId();
            var (_, end, call) = begin(new CallOptions(Named(name), DateTime.UtcNow.AddMilliseconds(400)));
            using (call)
            {
                await FailsAsync(StatusCode.DeadlineExceeded, end, kind);
            }

            var seen = await peers.Plain.ObserveAsync(name, CallState.Cancelled);
            True(seen.DeadlineMs is > 0 and <= 410, $"the server saw {seen.DeadlineMs} ms left of 400 ({kind})");
        }
    }

    private static async Task DeadlineBetweenReplies(Peers peers)
    {
        var name = NewId();
        using var call = peers.Plain.Calls.ServerStream(
            Request(plan: new Plan { ReplySizes = { 1, 1 }, Hold = true, HoldAfter = 1 }), Named(name), DateTime.UtcNow.AddMilliseconds(500));
        Equal(1, (await NextAsync(call.ResponseStream)).Payload.Length);
        await FailsAsync(StatusCode.DeadlineExceeded, () => NextAsync(call.ResponseStream));
        await peers.Plain.ObserveAsync(name, CallState.Cancelled);
    }

    private static async Task DeadlineInTime(Peers peers)
    {
        var name = NewId();
        await peers.Plain.Calls.UnaryAsync(Request(), Named(name), DateTime.UtcNow.AddSeconds(100));
        var seen = await peers.Plain.ObserveAsync(name, CallState.Completed);
        True(seen.DeadlineMs is > 90_000 and <= 102_000, $"the server saw {seen.DeadlineMs} ms left of 100000");
        await peers.Plain.Calls.UnaryAsync(Request(), Named(name + "-none"));
        Equal(-1, (await peers.Plain.ObserveAsync(name + "-none", CallState.Completed)).DeadlineMs);
    }

    private static async Task Cancelled(Peers peers, bool headers)
    {
        foreach (var (kind, begin) in Held(peers))
        {
            var name = NewId();
            using var source = new CancellationTokenSource();
            var (sent, end, call) = begin(new CallOptions(headers ? Named(name, "x-headers-first") : Named(name), cancellationToken: source.Token));
            using (call)
            {
                await peers.Plain.ObserveAsync(name, CallState.Running);
                if (headers)
                {
                    await sent;
                }

                await source.CancelAsync();
                await FailsAsync(StatusCode.Cancelled, end, kind);
                if (!headers && kind != "duplex")
                {
                    await FailsAsync(StatusCode.Cancelled, () => sent, $"{kind}, initial metadata");
                }
            }

            await peers.Plain.ObserveAsync(name, CallState.Cancelled);
        }
    }

    private static async Task CancelledBetweenReplies(Peers peers)
    {
        var name = NewId();
        using var source = new CancellationTokenSource();
        using var call = peers.Plain.Calls.ServerStream(
            Request(plan: new Plan { ReplySizes = { 1, 1, 1 }, Hold = true, HoldAfter = 2 }), Named(name), cancellationToken: source.Token);
        await NextAsync(call.ResponseStream);
        await NextAsync(call.ResponseStream);
        var next = NextAsync(call.ResponseStream);
        await source.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => next);
        await peers.Plain.ObserveAsync(name, CallState.Cancelled);
    }

    private static async Task CancelledWhileSending(Peers peers)
    {
        var name = NewId();
        using var source = new CancellationTokenSource();
        using var call = peers.Plain.Calls.ClientStream(Named(name), cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(Request("one"));
        await call.RequestStream.WriteAsync(Request("two"));
        await peers.Plain.ObserveAsync(name, CallState.Running, received: 2);
        await source.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, async () => await call);
        await FailsAsync(StatusCode.Cancelled, () => call.RequestStream.WriteAsync(Request("three")), "a write");
        await peers.Plain.ObserveAsync(name, CallState.Cancelled);
    }

    private static async Task CancelledByDisposing(Peers peers)
    {
        foreach (var (kind, begin) in Held(peers))
        {
            var name = NewId();
            var (_, end, call) = begin(new CallOptions(Named(name)));
            await peers.Plain.ObserveAsync(name, CallState.Running);
            var ended = end();
            call.Dispose();
            await FailsAsync(StatusCode.Cancelled, () => ended, kind);
            await peers.Plain.ObserveAsync(name, CallState.Cancelled);
        }
    }

    private static async Task CancelledAfterTheEnd(Peers peers)
    {
        var name = NewId();
        using var source = new CancellationTokenSource();
        using var call = peers.Plain.Calls.UnaryAsync(Request("x"), Named(name), cancellationToken: source.Token);
        Equal("x", (await call).Payload.ToStringUtf8());
        await source.CancelAsync();
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
        await peers.Plain.ObserveAsync(name, CallState.Completed);
    }
}
