using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Tandem.Interop.V1;

namespace Tandem.Interop.Client;

/// <summary>The service through one channel.</summary>
internal sealed class Peer : IDisposable
{
    private readonly GrpcChannel _channel;

    public Peer(string target, Action<GrpcChannelOptions>? configure = null, Metadata? always = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        _channel = GrpcChannel.ForAddress($"http://{target}", options);
        Invoker = _channel.CreateCallInvoker();
        Calls = new V1.Interop.InteropClient(_channel);
        Health = new Health.HealthClient(_channel);
        Always = always;
    }

    public V1.Interop.InteropClient Calls { get; }

    public Health.HealthClient Health { get; }

    public CallInvoker Invoker { get; }

    /// <summary>Metadata of every call, such as the wish to compress.</summary>
    public Metadata? Always { get; }

    public async Task<Observation> ObserveAsync(string callId, CallState state = CallState.Unspecified, int received = 0, int sent = 0)
        => await Calls.ObserveAsync(new ObserveRequest { CallId = callId, State = state, Received = received, Sent = sent }, deadline: DateTime.UtcNow.AddSeconds(20));

    public async Task ReleaseAsync(string callId) => await Calls.ReleaseAsync(new ReleaseRequest { CallId = callId }, deadline: DateTime.UtcNow.AddSeconds(20));

    public void Dispose() => _channel.Dispose();
}

/// <summary>All servers, and what is noted of their answers.</summary>
internal sealed class Peers(InteropSettings settings)
{
    private const int Large = 64 << 20;

    public InteropSettings Settings { get; } = settings;

    public Peer Plain { get; } = new(settings.Plain);

    public Peer Generous { get; } = new(settings.Large, static options => options.MaxReceiveMessageSize = Large);

    // The encoding is asked for by the metadata that every .NET client uses for it.
    public Peer Gzip { get; } = new(settings.Gzip, static options => options.MaxReceiveMessageSize = Large, new Metadata { { "grpc-internal-encoding-request", "gzip" } });
}
