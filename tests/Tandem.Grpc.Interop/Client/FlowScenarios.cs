using System.Globalization;
using Grpc.Core;
using Tandem.Interop.V1;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>Many calls at once, slow readers, ends while the other side still sends.</summary>
internal static class FlowScenarios
{
    private const int Chunk = 512 << 10;
    private const int Chunks = 128;
    private const int Streams = 1000;

    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("1,000 streams at once", ManyStreams),
        ("1,000 unary calls at once", ManyUnary),
        ("a slow reader of replies holds the server back", SlowReplies),
        ("a slow reader of requests holds the client back", SlowRequests),
        ("the server ends while the client still sends", EarlyEnd),
        ("nobody listens", NobodyListens),
    ];

    private static async Task ManyStreams(Peers peers)
    {
        var calls = Enumerable.Range(0, Streams).Select(_ => peers.Plain.Calls.Duplex()).ToArray();
        await Task.WhenAll(calls.Select(static (call, i) => call.RequestStream.WriteAsync(Request(i.ToString(CultureInfo.InvariantCulture)))));
        // Each has its answer while all the others are open.
        foreach (var (i, call) in calls.Index())
        {
            Equal(i.ToString(CultureInfo.InvariantCulture), (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
        }

        foreach (var call in calls)
        {
            await call.RequestStream.CompleteAsync();
        }

        foreach (var call in calls)
        {
            True(!await call.ResponseStream.MoveNext(CancellationToken.None));
            Equal(StatusCode.OK, call.GetStatus().StatusCode);
            call.Dispose();
        }
    }

    private static async Task ManyUnary(Peers peers)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i => await peers.Plain.Calls.UnaryAsync(Request(i.ToString(CultureInfo.InvariantCulture)))));
        Equal(Enumerable.Range(0, Streams).Select(static i => i.ToString(CultureInfo.InvariantCulture)).ToArray(), replies.Select(static reply => reply.Payload.ToStringUtf8()).ToArray());
    }

    // The value once it has stayed the same for half a second.
    private static async Task<int> AtRestAsync(Func<Task<int>> read)
    {
        for (var (last, same) = (await read(), 0); ;)
        {
            await Task.Delay(100);
            var value = await read();
            same = value == last ? same + 1 : 0;
            if (same == 5)
            {
                return value;
            }

            last = value;
        }
    }

    private static async Task SlowReplies(Peers peers)
    {
        var name = NewId();
        using var call = peers.Plain.Calls.ServerStream(Request(plan: Replies([.. Enumerable.Repeat(Chunk, Chunks)])), Named(name));
        await NextAsync(call.ResponseStream);
        var held = await AtRestAsync(async () => (await peers.Plain.ObserveAsync(name, sent: 1)).Sent);
        True(held < Chunks / 2, $"the server sent {held} of {Chunks} replies of 512 KB to a client that does not read");
        Equal(Chunks, 1 + (await CollectAsync(call.ResponseStream)).Count);
    }

    private static async Task SlowRequests(Peers peers)
    {
        var name = NewId();
        using var call = peers.Plain.Calls.ClientStream(Named(name));
        var written = 0;
        var writing = Task.Run(async () =>
        {
            for (; written < Chunks; written++)
            {
                await call.RequestStream.WriteAsync(Request(Chunk, written == 0 ? new Plan { Hold = true, HoldAfter = 1 } : null));
            }

            await call.RequestStream.CompleteAsync();
        });
        await peers.Plain.ObserveAsync(name, received: 1);
        var held = await AtRestAsync(() => Task.FromResult(Volatile.Read(ref written)));
        True(held < Chunks / 2, $"{held} of {Chunks} requests of 512 KB could be written to a server that does not read");
        await peers.Plain.ReleaseAsync(name);
        await writing;
        Equal(Chunks, (await call).Received);
    }

    // Writes until the call is over: a write says so by the status that the call ended with.
    private static async Task FloodAsync(IClientStreamWriter<Request> requests)
    {
        try
        {
            while (true)
            {
                await requests.WriteAsync(Request(1000));
            }
        }
        catch (RpcException)
        {
            // What it is, the call itself says.
        }
        catch (InvalidOperationException)
        {
            // Ended well: there is nothing left to write to.
        }
    }

    private static async Task EarlyEnd(Peers peers)
    {
        using (var call = peers.Plain.Calls.ClientStream())
        {
            await call.RequestStream.WriteAsync(Request("12345", new Plan { StopAfter = 3 }));
            await FloodAsync(call.RequestStream);
            Equal(3, (await call).Received);
            Equal(StatusCode.OK, call.GetStatus().StatusCode);
        }

        using (var call = peers.Plain.Calls.ClientStream())
        {
            await call.RequestStream.WriteAsync(Request("12345", new Plan { StopAfter = 1, StatusCode = 8, StatusMessage = "full" }));
            await FloodAsync(call.RequestStream);
            Equal("full", (await FailsAsync(StatusCode.ResourceExhausted, async () => await call)).Status.Detail);
        }

        using (var call = peers.Plain.Calls.Duplex())
        {
            await call.RequestStream.WriteAsync(Request("12345", new Plan { StopAfter = 1, StatusCode = 8, StatusMessage = "full" }));
            Equal("12345", (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
            var end = FailsAsync(StatusCode.ResourceExhausted, () => NextAsync(call.ResponseStream));
            await FloodAsync(call.RequestStream);
            Equal("full", (await end).Status.Detail);
        }

        Equal("next", (await peers.Plain.Calls.UnaryAsync(Request("next"))).Payload.ToStringUtf8());
    }

    private static async Task NobodyListens(Peers peers)
    {
        using var nobody = new Peer(peers.Settings.Absent);
        await FailsAsync(StatusCode.Unavailable, async () => await nobody.Calls.UnaryAsync(Request()), "unary");
        await FailsAsync(StatusCode.Unavailable, async () =>
        {
            using var call = nobody.Calls.ServerStream(Request());
            await CollectAsync(call.ResponseStream);
        }, "server stream");
        await FailsAsync(StatusCode.Unavailable, async () =>
        {
            using var call = nobody.Calls.ClientStream();
            await call;
        }, "client stream");
        await FailsAsync(StatusCode.Unavailable, async () =>
        {
            using var call = nobody.Calls.Duplex();
            await CollectAsync(call.ResponseStream);
        }, "duplex");
    }
}
