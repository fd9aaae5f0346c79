using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>A login with a password, against a broker that lets nobody in: the real one of these tests is older than passwords.</summary>
public sealed class KafkaLoginTests : IAsyncDisposable
{
    private readonly LockedBroker _broker = new();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Start_WrongPassword_IsSaidAtOnceAndNotShown()
    {
        var context = KafkaParts.Context(
            "pubsub.kafka", ("brokers", _broker.Address), ("authType", "password"), ("saslUsername", "ann"), ("saslPassword", "hush-hush"), ("disableTls", "true"));
        var component = Contexts.Catalog().PubSubs.Create(context);
        await using var closing = (IAsyncDisposable)component;

        var fault = await Assert.ThrowsAsync<ComponentMetadataException>(() => ((IInitializable)component).InitializeAsync(default).WithinAsync());

        Assert.Equal($"metadata field 'saslPassword' (or the fields beside it) was not accepted by {_broker.Address}: the login failed", fault.Message);
        Assert.Equal("\0ann\0hush-hush", _broker.Login);
    }

    /// <summary>Speaks as much of Kafka's protocol as it takes to turn a client away.</summary>
    private sealed class LockedBroker : IAsyncDisposable
    {
        private const short ApiVersions = 18;
        private const short Handshake = 17;
        private const short Authenticate = 36;
        private const short LoginFailed = 58;

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public LockedBroker()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        /// <summary>What the client showed.</summary>
        public string? Login { get; private set; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var size = new byte[4];
            try
            {
                while (true)
                {
                    await stream.ReadExactlyAsync(size);
                    var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                    await stream.ReadExactlyAsync(request);
                    var (api, version) = (BinaryPrimitives.ReadInt16BigEndian(request), BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)));
                    byte[] answer = [.. request.AsSpan(4, 4), .. Answer(api, version, request)];
                    BinaryPrimitives.WriteInt32BigEndian(size, answer.Length);
                    await stream.WriteAsync((byte[])[.. size, .. answer]);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The client has gone.
            }
        }

        private byte[] Answer(short api, short version, byte[] request)
        {
            switch (api)
            {
                // What is asked in a newer form than this is asked again in the oldest.
                case ApiVersions when version > 0:
                    return [.. Int16(35), 0, 0, 0, 0];
                case ApiVersions:
                    return [.. Int16(0), 0, 0, 0, 4, .. Versions(3, 0, 4), .. Versions(Handshake, 0, 1), .. Versions(ApiVersions, 0, 0), .. Versions(Authenticate, 0, 1)];
                case Handshake:
                    return [.. Int16(0), 0, 0, 0, 1, .. Text("PLAIN")];
                case Authenticate:
                    var login = request.AsSpan(8);
                    login = login[(2 + BinaryPrimitives.ReadInt16BigEndian(login))..];
                    Login = Encoding.UTF8.GetString(login[4..]);
                    return [.. Int16(LoginFailed), .. Text("Authentication failed: Invalid username or password"), 255, 255, 255, 255, .. new byte[version > 0 ? 8 : 0]];
                default:
                    throw new IOException($"Request {api} is not for one who is not logged in.");
            }
        }

        private static byte[] Versions(short api, short first, short last) => [.. Int16(api), .. Int16(first), .. Int16(last)];

        private static byte[] Text(string text) => [.. Int16((short)text.Length), .. Encoding.UTF8.GetBytes(text)];

        private static byte[] Int16(short number) => [(byte)(number >> 8), (byte)number];
    }
}
