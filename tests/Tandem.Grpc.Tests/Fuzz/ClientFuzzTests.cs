using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Grpc.Tests.Support;
using Tandem.Testing;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>The client under answers that are wrong somewhere: each call ends, with a status and nothing else, and leaves nothing behind.</summary>
[Collection(AloneCollection.Name)]
public sealed class ClientFuzzTests
{
    // The shared pools keep an array of each size for each thread: that is where it ends. A message of a case becomes 8 MB.
    private const long Growth = 256 << 20;

    [Fact]
    public async Task Answers_Mutated_EndEachCallWithAStatus()
    {
        var unobserved = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            // A response's body that nobody waits for is HttpClient's own; what is ours has our names in it.
            if (args.Exception.ToString().Contains("at Tandem.Grpc.Client", StringComparison.Ordinal))
            {
                unobserved.Enqueue(args.Exception.ToString());
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await using var good = await ProbeServer.StartAsync();
            using var channel = GrpcChannel.ForAddress(good.Address);
            var client = new Probe.ProbeClient(channel);
            var before = 0L;
            var played = await FuzzRun.PlayAsync(15 / 60.0, PlayAsync, async () =>
            {
                Assert.Equal("well", (await client.EchoAsync(new Ping { Text = "well" }, deadline: DateTime.UtcNow.AddSeconds(10))).Text);
                var now = GC.GetTotalMemory(forceFullCollection: true);
                before = before == 0 ? now : before;
                Assert.InRange(now, 0, before + Growth);
                Assert.True(unobserved.IsEmpty, string.Join('\n', unobserved.Take(2)));
            });
            Assert.True(played > 200);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    private static async Task PlayAsync(Random random)
    {
        var frames = Compose(random);
        var closes = random.Next(2) == 0;
        await using var server = new FakeServer(async call =>
        {
            foreach (var frame in frames)
            {
                await call.WriteAsync(frame);
            }

            if (closes)
            {
                call.Close(abruptly: random.Next(2) == 0);
            }
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Probe.ProbeClient(channel);
        var options = new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(500));
        try
        {
            await CallAsync(client, options, random.Next(4)).WithinAsync();
        }
        catch (RpcException)
        {
            // Each end is a status; which, the other tests look at.
        }
    }

    private static async Task CallAsync(Probe.ProbeClient client, CallOptions options, int kind)
    {
        var request = new Ping { Text = "hello" };
        switch (kind)
        {
            case 0:
                await client.EchoAsync(request, options);
                break;
            case 1:
                using (var call = client.Expand(request, options))
                {
                    while (await call.ResponseStream.MoveNext(default))
                    {
                    }
                }

                break;
            case 2:
                using (var call = client.Sum(options))
                {
                    await call.RequestStream.WriteAsync(request);
                    await call.RequestStream.CompleteAsync();
                    await call;
                }

                break;
            default:
                using (var call = client.Chat(options))
                {
                    await call.RequestStream.WriteAsync(request);
                    while (await call.ResponseStream.MoveNext(default))
                    {
                    }
                }

                break;
        }
    }

    private static List<byte[]> Compose(Random random)
    {
        var mutator = new Mutator(random);
        var message = new Ping { Text = "hello", Payload = ByteString.CopyFrom(new byte[100]) }.ToByteArray();
        (string, string)[] head = [(":status", random.Next(5) == 0 ? "502" : "200"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip")];
        (string, string)[] trailers = [("grpc-status", $"{random.Next(-1, 20)}"), ("grpc-message", "%20%zz"), ("x-data-bin", "AA")];
        var level = random.Next(4);
        // The request of a new connection has the stream 1.
        var frames = mutator.Message(
            1, level == 1 ? mutator.Headers(head) : head, level == 0 ? mutator.Body(message) : Wire.Message(message), level == 1 ? mutator.Headers(trailers) : trailers);
        if (level == 2)
        {
            mutator.Disturb(frames, 1);
        }

        return level == 3 ? [mutator.Bytes([.. frames.SelectMany(static frame => frame)])] : frames;
    }
}
