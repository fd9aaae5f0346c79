using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Client;

public sealed class CryptoTests : ClientTest
{
    private static readonly EncryptionOptions Rsa = new(KeyWrapAlgorithm.Rsa);

    private List<EncryptRequest> Encrypted => [.. Grpc.Calls.Select(static call => (EncryptRequest)call.Request)];

    [Fact]
    public async Task Encrypt_Bytes_GoInBlocksAndComeBackTogether()
    {
        Grpc.Duplexes(Flip);
        var plaintext = Enumerable.Range(0, 10).Select(static i => (byte)i).ToArray();

        var ciphertext = await Client.EncryptAsync("vault", plaintext, "key", new EncryptionOptions(KeyWrapAlgorithm.A256kw) { StreamingBlockSizeInBytes = 4 }).WithinAsync();

        Assert.Equal(plaintext.Select(static b => (byte)~b), ciphertext.ToArray());
        var options = new EncryptRequestOptions { ComponentName = "vault", KeyName = "key", KeyWrapAlgorithm = "A256KW", DataEncryptionCipher = "aes-gcm", OmitDecryptionKeyName = true };
        Assert.Equal([options, null, null], Encrypted.Select(static r => r.Options));
        Assert.Equal([(4, 0UL), (4, 1UL), (2, 2UL)], Encrypted.Select(static r => (r.Payload.Data.Length, r.Payload.Seq)));
    }

    [Fact]
    public async Task Encrypt_Nothing_StillSendsTheOptions()
    {
        Grpc.Duplexes(Flip);

        Assert.True((await Client.EncryptAsync("vault", ReadOnlyMemory<byte>.Empty, "key", new EncryptionOptions(KeyWrapAlgorithm.Rsa) { DecryptionKeyName = "other", EncryptionCipher = DataEncryptionCipher.ChaCha20Poly1305 }).WithinAsync()).IsEmpty);

        var options = new EncryptRequestOptions { ComponentName = "vault", KeyName = "key", KeyWrapAlgorithm = "RSA-OAEP-256", DataEncryptionCipher = "chacha20-poly1305", DecryptionKeyName = "other" };
        Assert.Equal(new EncryptRequest { Options = options }, Assert.Single(Encrypted));
    }

    [Fact]
    public async Task Encrypt_Stream_ComesBackWhileItIsStillSent()
    {
        Grpc.Duplexes(Flip);
        using var source = new HalfStream();
        await using var parts = Client.EncryptAsync("vault", source, "key", new EncryptionOptions(KeyWrapAlgorithm.Rsa) { StreamingBlockSizeInBytes = 1 }).GetAsyncEnumerator();

        Assert.True(await parts.MoveNextAsync().WithinAsync());
        Assert.Equal([0xfe], parts.Current.ToArray());
        source.Rest.SetResult();
        Assert.False(await parts.MoveNextAsync().WithinAsync());
    }

    [Fact]
    public async Task Decrypt_Bytes_GoWithTheirKey()
    {
        Grpc.Duplexes(static async (requests, write, _) =>
        {
            await foreach (DecryptRequest request in requests)
            {
                await write(new DecryptResponse { Payload = request.Payload });
            }
        });

        Assert.Equal([1, 2], (await Client.DecryptAsync("vault", new byte[] { 1, 2 }, "key").WithinAsync()).ToArray());

        var sent = Grpc.Request<DecryptRequest>();
        Assert.Equal(new DecryptRequestOptions { ComponentName = "vault", KeyName = "key" }, sent.Options);
    }

    [Fact]
    public async Task Encrypt_KeyIsNotThere_ThrowsWhatTheSidecarSays()
    {
        Grpc.Duplexes(static (_, _, _) => throw Doubles.GrpcSide.Failure(StatusCode.Internal, "no such key"));

        var failure = await Assert.ThrowsAsync<DaprApiException>(() => Client.EncryptAsync("vault", new byte[] { 1 }, "key", Rsa).WithinAsync());
        Assert.Contains("no such key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypt_SourceFails_ThrowsWhatTheSourceSays()
    {
        Grpc.Duplexes(Flip);
        using var source = new HalfStream();
        var all = Task.Run(async () =>
        {
            await foreach (var _ in Client.EncryptAsync("vault", source, "key", Rsa))
            {
            }
        });
        source.Rest.SetException(new IOException("torn"));

        var failure = await Assert.ThrowsAsync<DaprException>(() => all.WithinAsync());
        Assert.IsType<IOException>(failure.InnerException);
    }

    private static async Task Flip(IAsyncEnumerable<IMessage> requests, Func<IMessage, Task> write, ServerCallContext context)
    {
        await foreach (EncryptRequest request in requests)
        {
            if (request.Payload is { } payload)
            {
                await write(new EncryptResponse { Payload = new StreamPayload { Data = ByteString.CopyFrom([.. payload.Data.Select(static b => (byte)~b)]), Seq = payload.Seq } });
            }
        }
    }

    /// <summary>One byte, and the end when the test says so.</summary>
    private sealed class HalfStream : MemoryStream
    {
        private bool _isRead;

        public TaskCompletionSource Rest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_isRead)
            {
                _isRead = true;
                buffer.Span[0] = 1;
                return 1;
            }

            await Rest.Task.WaitAsync(cancellationToken);
            return 0;
        }
    }
}
