using Google.Protobuf;
using Grpc.Core;
using Tandem.Interop.V1;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>The four kinds of call, large and empty messages, compression.</summary>
internal static class CallScenarios
{
    private const int Megabyte = 1 << 20;

    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("unary", Unary),
        ("unary, blocking", UnaryBlocking),
        ("unary, empty messages", UnaryEmpty),
        ("server stream", peers => ServerStream(peers.Plain, 1, 0, 1000, 31415)),
        ("server stream without replies", peers => ServerStream(peers.Plain)),
        ("client stream", peers => ClientStream(peers.Plain, 27182, 8, 0, 1828)),
        ("client stream without messages", peers => ClientStream(peers.Plain)),
        ("duplex, message by message", DuplexInTurns),
        ("duplex without messages", peers => Duplex(peers.Plain)),
        ("duplex, replies after the half-close", DuplexLate),
        ("10 MB: unary", UnaryLarge),
        ("10 MB: server stream", peers => ServerStream(peers.Generous, 10 * Megabyte, 10 * Megabyte, 10 * Megabyte)),
        ("10 MB: client stream", peers => ClientStream(peers.Generous, 10 * Megabyte, 10 * Megabyte, 10 * Megabyte)),
        ("10 MB: duplex", peers => Duplex(peers.Generous, 10 * Megabyte, 10 * Megabyte)),
        ("the server refuses more than 4 MB", ServerRefuses),
        ("the client refuses more than 4 MB", ClientRefuses),
        ("the client refuses to send more than it may", ClientRefusesToSend),
        ("gzip: unary", async peers => Equal(Megabyte, (await peers.Gzip.Calls.UnaryAsync(Request(Megabyte), peers.Gzip.Always)).Payload.Length)),
        ("gzip: server stream", peers => ServerStream(peers.Gzip, Megabyte, 0, 10, Megabyte)),
        ("gzip: client stream", peers => ClientStream(peers.Gzip, Megabyte, 0, 10, Megabyte)),
        ("gzip: duplex", peers => Duplex(peers.Gzip, Megabyte, 0, 10)),
        ("gzip: not for a message that asks for none", NotCompressed),
    ];

    private static async Task Unary(Peers peers)
    {
        using var call = peers.Plain.Calls.UnaryAsync(Request("hello"));
        Equal("hello", (await call).Payload.ToStringUtf8());
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static Task UnaryBlocking(Peers peers)
    {
        Equal("hello", peers.Plain.Calls.Unary(Request("hello")).Payload.ToStringUtf8());
        return Task.CompletedTask;
    }

    private static async Task UnaryEmpty(Peers peers)
    {
        var reply = await peers.Plain.Calls.UnaryAsync(new Request());
        Equal((0, 1), (reply.Payload.Length, reply.Received));
    }

    private static async Task ServerStream(Peer peer, params int[] sizes)
    {
        using var call = peer.Calls.ServerStream(Request(plan: Replies(sizes)), peer.Always);
        Equal(sizes, (await CollectAsync(call.ResponseStream)).Select(static reply => reply.Payload.Length).ToArray());
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task ClientStream(Peer peer, params int[] sizes)
    {
        using var call = peer.Calls.ClientStream(peer.Always);
        var reply = await SendAllAsync(call, [.. sizes.Select(static size => Request(size))]);
        Equal(new long[] { sizes.Length, sizes.Sum() }, [reply.Received, reply.ReceivedBytes]);
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task Duplex(Peer peer, params int[] sizes)
    {
        using var call = peer.Calls.Duplex(peer.Always);
        var reading = CollectAsync(call.ResponseStream);
        foreach (var size in sizes)
        {
            await call.RequestStream.WriteAsync(Request(size));
        }

        await call.RequestStream.CompleteAsync();
        Equal(sizes, (await reading).Select(static reply => reply.Payload.Length).ToArray());
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task DuplexInTurns(Peers peers)
    {
        using var call = peers.Plain.Calls.Duplex();
        foreach (var text in new[] { "one", "", "three" })
        {
            await call.RequestStream.WriteAsync(Request(text));
            Equal(text, (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
        }

        await call.RequestStream.CompleteAsync();
        True(!await call.ResponseStream.MoveNext(CancellationToken.None), "the replies end");
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task DuplexLate(Peers peers)
    {
        using var call = peers.Plain.Calls.Duplex();
        var plan = new Plan { ReplyAfterHalfClose = true };
        var replies = await SendAllAsync(call, Request("a", plan), Request("b", plan), Request("c", plan));
        Equal(["a", "b", "c"], replies.Select(static reply => reply.Payload.ToStringUtf8()).ToArray());
    }

    private static async Task UnaryLarge(Peers peers)
    {
        var bytes = new byte[10 * Megabyte];
        new Random(1).NextBytes(bytes);
        var reply = await peers.Generous.Calls.UnaryAsync(new Request { Payload = ByteString.CopyFrom(bytes) });
        True(reply.Payload.Span.SequenceEqual(bytes), "the payload came back as it was");
    }

    private static async Task ServerRefuses(Peers peers)
    {
        await FailsAsync(StatusCode.ResourceExhausted, async () => await peers.Plain.Calls.UnaryAsync(Request(5 * Megabyte)));
        await FailsAsync(StatusCode.ResourceExhausted, async () =>
        {
            using var call = peers.Plain.Calls.ClientStream();
            await SendAllAsync(call, Request("small"), Request(5 * Megabyte));
        });
        Equal("next", (await peers.Plain.Calls.UnaryAsync(Request("next"))).Payload.ToStringUtf8());
    }

    private static async Task ClientRefuses(Peers peers)
    {
        await FailsAsync(StatusCode.ResourceExhausted, async () => await peers.Plain.Calls.UnaryAsync(Request(plan: Replies(5 * Megabyte))));
        await FailsAsync(StatusCode.ResourceExhausted, async () =>
        {
            using var call = peers.Plain.Calls.ServerStream(Request(plan: Replies(10, 5 * Megabyte)));
            await CollectAsync(call.ResponseStream);
        });
        Equal("next", (await peers.Plain.Calls.UnaryAsync(Request("next"))).Payload.ToStringUtf8());
    }

    private static async Task ClientRefusesToSend(Peers peers)
    {
        using var limited = new Peer(peers.Settings.Plain, static options => options.MaxSendMessageSize = 1000);
        await FailsAsync(StatusCode.ResourceExhausted, async () => await limited.Calls.UnaryAsync(Request(1001)));
        Equal(900, (await limited.Calls.UnaryAsync(Request(900))).Payload.Length);
    }

    private static async Task NotCompressed(Peers peers)
    {
        using var call = peers.Gzip.Calls.ClientStream(peers.Gzip.Always);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(Request(1000));
        call.RequestStream.WriteOptions = null;
        await call.RequestStream.WriteAsync(Request(1000));
        await call.RequestStream.CompleteAsync();
        Equal(2000, (await call).ReceivedBytes);
    }
}
