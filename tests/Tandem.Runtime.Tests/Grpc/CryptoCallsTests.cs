using System.Security.Cryptography;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;
using static Tandem.Runtime.Tests.Grpc.Support.Rpc;

namespace Tandem.Runtime.Tests.Grpc;

public sealed class CryptoCallsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _keys = new();
    private GrpcSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(_keys["kek"], RandomNumberGenerator.GetBytes(32));
        _sidecar = await GrpcSidecar.StartAsync(resources: GrpcSidecar.Component("keys", "crypto.dapr.localstorage", ("path", _keys.Path)));
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        _keys.Dispose();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(11, 1)]
    [InlineData(200_000, 7)]
    [InlineData(1_000_000, 64)]
    public async Task Document_OfAnyLength_IsDecryptedAgain(int length, int pieces)
    {
        var document = RandomNumberGenerator.GetBytes(length);

        var encrypted = await EncryptAsync(document, pieces);
        var decrypted = await DecryptAsync(encrypted, pieces);

        Assert.NotEqual(document, encrypted);
        Assert.Equal(document, decrypted);
    }

    [Fact]
    public async Task Encrypt_OfAStream_AnswersBeforeItsEnd()
    {
        using var call = _sidecar.Client.EncryptAlpha1();
        await call.RequestStream.WriteAsync(First(RandomNumberGenerator.GetBytes(100_000)));

        // The header, and the first segment: the sidecar does not wait for the rest.
        Assert.StartsWith("dapr.io/enc/v1", (await call.ResponseStream.NextAsync()).Payload.Data.ToStringUtf8(), StringComparison.Ordinal);
        var segment = (await call.ResponseStream.NextAsync()).Payload;

        Assert.Equal(1UL, segment.Seq);
        Assert.InRange(segment.Data.Length, 65_536, 65_600);
    }

    [Fact]
    public async Task Encrypt_OfWhatIsOutOfOrder_Fails()
    {
        await FailsAsync(StatusCode.Internal, "sequence", First([1], seq: 1));
        await FailsAsync(StatusCode.Internal, "sequence", First([1]), new EncryptRequest { Payload = new() { Seq = 2, Data = Bytes("x") } });
        await FailsAsync(StatusCode.Internal, "options", First([1]), First([2], seq: 1));
    }

    [Fact]
    public async Task Encrypt_WithoutWhatItNeeds_SaysWhatIsMissing()
    {
        await FailsAsync(StatusCode.InvalidArgument, "options", new EncryptRequest { Payload = new() { Data = Bytes("x") } });
        await FailsAsync(StatusCode.InvalidArgument, "keyName", new EncryptRequest { Options = new() { ComponentName = "keys", KeyWrapAlgorithm = "A256KW" } });
        await FailsAsync(StatusCode.InvalidArgument, "keyWrapAlgorithm", new EncryptRequest { Options = new() { ComponentName = "keys", KeyName = "kek" } });
        await FailsAsync(StatusCode.InvalidArgument, "nothing", new EncryptRequest { Options = new() { ComponentName = "nothing", KeyName = "kek", KeyWrapAlgorithm = "A256KW" } });
    }

    [Fact]
    public async Task Decrypt_OfADocumentThatWasChanged_FailsAtThatPlace()
    {
        var encrypted = await EncryptAsync(RandomNumberGenerator.GetBytes(200_000), 3);
        encrypted[^100] ^= 1;

        await DecryptAsync(encrypted, 3).FailsAsync(StatusCode.Internal);
    }

    private async Task FailsAsync(StatusCode status, string about, params EncryptRequest[] requests)
    {
        using var call = _sidecar.Client.EncryptAlpha1();
        foreach (var request in requests)
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        var failure = await ReadAllAsync(call.ResponseStream, static response => response.Payload).FailsAsync(status);
        Assert.Contains(about, failure.Message, StringComparison.Ordinal);
    }

    private async Task<byte[]> EncryptAsync(byte[] document, int pieces)
    {
        using var call = _sidecar.Client.EncryptAlpha1();
        var reading = ReadAllAsync(call.ResponseStream, static response => response.Payload);
        var cut = Cut(document, pieces);
        await call.RequestStream.WriteAsync(First(cut[0]));
        for (var i = 1; i < cut.Count; i++)
        {
            await call.RequestStream.WriteAsync(new() { Payload = new() { Seq = (ulong)i, Data = ByteString.CopyFrom(cut[i]) } });
        }

        await call.RequestStream.CompleteAsync();
        return await reading.WithinAsync();
    }

    private async Task<byte[]> DecryptAsync(byte[] document, int pieces)
    {
        using var call = _sidecar.Client.DecryptAlpha1();
        var reading = ReadAllAsync(call.ResponseStream, static response => response.Payload);
        var cut = Cut(document, pieces);
        await call.RequestStream.WriteAsync(new() { Options = new() { ComponentName = "keys" } });
        for (var i = 0; i < cut.Count; i++)
        {
            await call.RequestStream.WriteAsync(new() { Payload = new() { Seq = (ulong)i, Data = ByteString.CopyFrom(cut[i]) } });
        }

        await call.RequestStream.CompleteAsync();
        return await reading.WithinAsync();
    }

    private static EncryptRequest First(byte[] data, ulong seq = 0) => new()
    {
        Options = new() { ComponentName = "keys", KeyName = "kek", KeyWrapAlgorithm = "A256KW" },
        Payload = new() { Seq = seq, Data = ByteString.CopyFrom(data) },
    };

    private static async Task<byte[]> ReadAllAsync<T>(IAsyncStreamReader<T> responses, Func<T, StreamPayload> payloadOf)
    {
        var all = new MemoryStream();
        var expected = 0UL;
        while (await responses.MoveNext(default))
        {
            var payload = payloadOf(responses.Current);
            Assert.Equal(expected++, payload.Seq);
            payload.Data.WriteTo(all);
        }

        return all.ToArray();
    }

    private static List<byte[]> Cut(byte[] document, int pieces) => document.Length == 0 ? [[]] : [.. document.Chunk(((document.Length - 1) / pieces) + 1)];
}
