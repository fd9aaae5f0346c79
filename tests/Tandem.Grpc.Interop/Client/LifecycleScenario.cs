using Grpc.Core;
using Tandem.Interop.V1;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>A server that stops and comes back. Says on its output how far it is; the driver stops and starts the server meanwhile.</summary>
internal static class LifecycleScenario
{
    public static async Task<int> RunAsync(InteropSettings settings)
    {
        using var peer = new Peer(settings.Plain);
        using (var call = peer.Calls.Duplex())
        {
            await call.RequestStream.WriteAsync(Request("before"));
            Equal("before", (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
            await SayAsync("open", "stopping");
            // The server was told to stop: what is open still ends well.
            await call.RequestStream.WriteAsync(Request("after"));
            Equal("after", (await NextAsync(call.ResponseStream)).Payload.ToStringUtf8());
            await call.RequestStream.CompleteAsync();
            True(!await call.ResponseStream.MoveNext(CancellationToken.None));
            Equal(StatusCode.OK, call.GetStatus().StatusCode);
        }

        await SayAsync("done", "stopped");
        await FailsAsync(StatusCode.Unavailable, async () => await peer.Calls.UnaryAsync(Request("x")));
        await SayAsync("gone", "started");
        Equal("again", (await peer.Calls.UnaryAsync(Request("again"))).Payload.ToStringUtf8());
        var name = NewId();
        using var held = peer.Calls.UnaryAsync(Request(plan: new Plan { Hold = true }), Named(name));
        await peer.ObserveAsync(name, CallState.Running);
        await SayAsync("back", "killed");
        await FailsAsync(StatusCode.Unavailable, async () => await held);
        await SayAsync("ended", null);
        return 0;
    }

    private static async Task SayAsync(string word, string? expected)
    {
        Console.WriteLine(word);
        if (expected is not null)
        {
            Equal(expected, await Console.In.ReadLineAsync());
        }
    }
}
