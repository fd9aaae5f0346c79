using Grpc.Core;
using Grpc.Net.Client;
using Tandem.Runtime.Tests.Support;

namespace Tandem.Runtime.Tests.Grpc.Support;

/// <summary>A pair of sidecars, and a client at the caller's gRPC port that calls the callee.</summary>
internal sealed class GrpcPair : IAsyncDisposable
{
    private readonly SidecarPair _pair;

    private GrpcPair(SidecarPair pair)
    {
        _pair = pair;
        Channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        Invoker = Channel.CreateCallInvoker();
    }

    public SidecarPair Sidecars => _pair;

    public Uri Address => new($"http://127.0.0.1:{_pair.GrpcPort}");

    public GrpcChannel Channel { get; }

    public CallInvoker Invoker { get; }

    public static async Task<GrpcPair> StartAsync(
        TestApp app, bool apart, Func<SidecarOptions, SidecarOptions>? caller = null, Func<SidecarOptions, SidecarOptions>? callee = null)
        => new(await SidecarPair.StartAsync(app, apart, caller, options => callee?.Invoke(options with { AppProtocol = "grpc" }) ?? options with { AppProtocol = "grpc" }));

    /// <summary>Metadata that name the callee.</summary>
    public static CallOptions To(string appId, params (string Key, string Value)[] more)
    {
        var metadata = new Metadata { { "dapr-app-id", appId } };
        foreach (var (key, value) in more)
        {
            metadata.Add(key, value);
        }

        return new CallOptions(metadata);
    }

    public static CallOptions ToCallee(params (string Key, string Value)[] more) => To("callee", more);

    public AsyncUnaryCall<string> Unary(string text, params (string Key, string Value)[] more) => Invoker.AsyncUnaryCall(EchoService.Unary, null, ToCallee(more), text);

    public ValueTask DisposeAsync()
    {
        Channel.Dispose();
        return _pair.DisposeAsync();
    }
}
