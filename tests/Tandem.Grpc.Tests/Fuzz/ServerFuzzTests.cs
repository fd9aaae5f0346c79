using Google.Protobuf;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Grpc.Tests.Support;

namespace Tandem.Grpc.Tests.Fuzz;

/// <summary>The server under requests that are wrong somewhere: it goes on, says no error of its own, and keeps its memory.</summary>
[Collection(AloneCollection.Name)]
public sealed class ServerFuzzTests
{
    // The shared pools keep an array of each size for each thread: that is where it ends. A message of a case becomes 8 MB.
    private const long Growth = 256 << 20;

    private static readonly (string, byte[])[] Calls =
    [
        .. new[] { "Echo", "Expand", "Sum", "Chat" }.Select(static method => ($"/tandem.tests.Probe/{method}", new Ping { Text = "hello", Count = 3, Payload = ByteString.CopyFrom(new byte[100]) }.ToByteArray())),
    ];

    [Fact]
    public async Task Requests_Mutated_LeaveTheServerWell()
    {
        await using var server = await ProbeServer.StartAsync();
        server.ExpectsErrors = true; // looked for after each batch, with the batch's number
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Probe.ProbeClient(channel);
        var before = 0L;
        var played = await FuzzRun.PlayAsync(
            20 / 60.0,
            random => RequestFuzzer.PlayAsync(random, server.Address.Port, Calls),
            async () =>
            {
                Assert.Equal("well", (await client.EchoAsync(new Ping { Text = "well" }, deadline: DateTime.UtcNow.AddSeconds(10))).Text);
                Assert.True(server.Errors.Count == 0, string.Join('\n', server.Errors.Take(2)));
                var now = GC.GetTotalMemory(forceFullCollection: true);
                before = before == 0 ? now : before;
                Assert.InRange(now, 0, before + Growth);
            });
        Assert.True(played > 200);
    }
}
