using Grpc.Core;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>Metadata both ways, in all kinds of call.</summary>
internal static class MetadataScenarios
{
    private static readonly byte[] Binary = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];

    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("metadata: unary", async peers =>
        {
            using var call = peers.Plain.Calls.UnaryAsync(Request("x"), Sent());
            Check(await call.ResponseHeadersAsync, await call.ContinueAsync(() => call.GetTrailers()));
        }),
        ("metadata: server stream", async peers =>
        {
            using var call = peers.Plain.Calls.ServerStream(Request(plan: Replies(1, 2)), Sent());
            await CollectAsync(call.ResponseStream);
            Check(await call.ResponseHeadersAsync, call.GetTrailers());
        }),
        ("metadata: client stream", async peers =>
        {
            using var call = peers.Plain.Calls.ClientStream(Sent());
            await SendAllAsync(call, Request("x"));
            Check(await call.ResponseHeadersAsync, call.GetTrailers());
        }),
        ("metadata: duplex", async peers =>
        {
            using var call = peers.Plain.Calls.Duplex(Sent());
            await SendAllAsync(call, Request("x"));
            Check(await call.ResponseHeadersAsync, call.GetTrailers());
        }),
        ("metadata: repeated binary keys", RepeatedBinary),
        ("initial metadata before the first message", HeadersFirst),
        ("the user agent says who calls", UserAgent),
    ];

    private static Metadata Sent() => new()
    {
        { "x-initial", "a value, with = and ~" }, { "x-initial", "second" },
        { "x-initial-bin", Binary },
        { "x-trailing", "t1" }, { "x-trailing", "t2" },
        { "x-trailing-bin", Binary[1..] },
    };

    private static void Check(Metadata initial, Metadata trailing)
    {
        Equal("a value,with = and ~,second", Text(initial, "x-initial"));
        Equal([Convert.ToHexString(Binary)], Bytes(initial, "x-initial-bin"));
        Equal("t1,t2", Text(trailing, "x-trailing"));
        Equal([Convert.ToHexString(Binary[1..])], Bytes(trailing, "x-trailing-bin"));
    }

    // Repeated values may come as one, joined by commas.
    private static string Text(Metadata metadata, string key)
        => string.Join(", ", metadata.GetAll(key).Select(static entry => entry.Value)).Replace(", ", ",", StringComparison.Ordinal);

    private static string[] Bytes(Metadata metadata, string key) => [.. metadata.GetAll(key).Select(static entry => Convert.ToHexString(entry.ValueBytes))];

    private static async Task RepeatedBinary(Peers peers)
    {
        byte[][] values = [[0], Binary, [], [255, 254], []];
        var metadata = new Metadata();
        foreach (var value in values)
        {
            metadata.Add("x-initial-bin", value);
            metadata.Add("x-trailing-bin", value);
        }

        using var call = peers.Plain.Calls.UnaryAsync(Request("x"), metadata);
        await call;
        var expected = values.Select(Convert.ToHexString).ToArray();
        Equal(expected, Bytes(await call.ResponseHeadersAsync, "x-initial-bin"));
        Equal(expected, Bytes(call.GetTrailers(), "x-trailing-bin"));
    }

    private static async Task HeadersFirst(Peers peers)
    {
        var early = Named(NewId(), "x-headers-first");
        early.Add("x-initial", "early");
        using (var call = peers.Plain.Calls.Duplex(early))
        {
            Equal("early", (await call.ResponseHeadersAsync).GetValue("x-initial"));
            await call.RequestStream.WriteAsync(Request("late"));
            Equal("late", (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
            await call.RequestStream.CompleteAsync();
            True(!await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        var name = NewId();
        var held = Named(name, "x-headers-first");
        held.Add("x-initial", "early");
        using (var call = peers.Plain.Calls.UnaryAsync(Request(plan: new V1.Plan { Hold = true }), held))
        {
            Equal("early", (await call.ResponseHeadersAsync).GetValue("x-initial"));
            await peers.Plain.ReleaseAsync(name);
            await call;
        }
    }

    private static async Task UserAgent(Peers peers)
    {
        var name = NewId();
        await peers.Plain.Calls.UnaryAsync(Request(), Named(name));
        var agent = (await peers.Plain.ObserveAsync(name)).UserAgent;
        True(agent.StartsWith("grpc-dotnet", StringComparison.Ordinal), agent);
    }

    private static async Task<T> ContinueAsync<T>(this AsyncUnaryCall<V1.Reply> call, Func<T> then)
    {
        await call;
        return then();
    }
}
