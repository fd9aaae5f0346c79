using Grpc.Core;
using Tandem.Runtime.Tests.Grpc.Support;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Grpc;

/// <summary>What stands between a proxied call and the app: resiliency policies and access control lists.</summary>
public sealed class ProxyPolicyTests : IDisposable
{
    private readonly EchoService _service = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_FailsAndThenDoesNot_IsRetriedWithItsMessage(bool apart)
    {
        var attempts = 0;
        _service.OnUnary = (text, _) => ++attempts < 3 ? throw new RpcException(new Status(StatusCode.Unavailable, "not yet")) : Task.FromResult(text + "!");
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart, WithPolicies("retry: again"));

        Assert.Equal("hi!", await pair.Unary("hi").ResponseAsync.WithinAsync());
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Unary_StatusThatIsNotNamed_IsNotRetried()
    {
        var attempts = 0;
        _service.OnUnary = (_, _) =>
        {
            attempts++;
            throw new RpcException(new Status(StatusCode.NotFound, "no"));
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false, WithPolicies("retry: unavailable"));

        await pair.Unary("hi").FailsAsync(StatusCode.NotFound);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Stream_ThatIsOpen_IsNotRetried()
    {
        var attempts = 0;
        _service.OnDuplex = (_, _, _) =>
        {
            attempts++;
            throw new RpcException(new Status(StatusCode.Unavailable, "no"));
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false, WithPolicies("retry: again"));

        using var call = pair.Invoker.AsyncDuplexStreamingCall(EchoService.Duplex, null, GrpcPair.ToCallee());

        await call.ResponseStream.MoveNext(default).FailsAsync(StatusCode.Unavailable);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Duplex_UnderARetryPolicy_StillGoesBothWays()
    {
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false, WithPolicies("retry: again"));

        using var call = pair.Invoker.AsyncDuplexStreamingCall(EchoService.Duplex, null, GrpcPair.ToCallee());
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync($"{i}").WithinAsync();
            Assert.Equal($"{i}!", await call.ResponseStream.NextAsync());
        }
    }

    [Fact]
    public async Task Timeout_AppIsTooSlow_DeadlineExceeded()
    {
        _service.OnUnary = static async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return "";
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false, WithPolicies("timeout: short"));

        await pair.Unary("hi").FailsAsync(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task CircuitBreaker_AppKeepsFailing_IsNotCalledAnyMore()
    {
        var attempts = 0;
        _service.OnUnary = (_, _) =>
        {
            attempts++;
            throw new RpcException(new Status(StatusCode.Internal, "broken"));
        };
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart: false, WithPolicies("circuitBreaker: breaker"));

        await pair.Unary("hi").FailsAsync(StatusCode.Internal);
        await pair.Unary("hi").FailsAsync(StatusCode.Internal);
        await pair.Unary("hi").FailsAsync(StatusCode.Unavailable);
        Assert.Equal(2, attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AccessControl_MethodThatTheCallerMayNotCall_IsDenied(bool apart)
    {
        File.WriteAllText(_folder["config.yaml"], """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: config
            spec:
              accessControl:
                defaultAction: deny
                trustDomain: public
                policies:
                - appId: caller
                  defaultAction: deny
                  trustDomain: public
                  namespace: NAMESPACE
                  operations:
                  - name: /test.Echo/Unary
                    httpVerb: ["GET"]
                    action: allow
            """);
        await using var app = await _service.StartAppAsync();
        await using var pair = await GrpcPair.StartAsync(app, apart, callee: options =>
        {
            File.WriteAllText(_folder["config.yaml"], File.ReadAllText(_folder["config.yaml"]).Replace("NAMESPACE", options.Namespace, StringComparison.Ordinal));
            return options with { ConfigPaths = [_folder["config.yaml"]] };
        });

        Assert.Equal("hi!", await pair.Unary("hi").ResponseAsync.WithinAsync());
        using var denied = pair.Invoker.AsyncServerStreamingCall(EchoService.Server, null, GrpcPair.ToCallee(), "1");
        await denied.ResponseStream.MoveNext(default).FailsAsync(StatusCode.PermissionDenied);
    }

    private Func<SidecarOptions, SidecarOptions> WithPolicies(string target)
    {
        File.WriteAllText(_folder["resiliency.yaml"], $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata:
              name: policies
            spec:
              policies:
                timeouts:
                  short: 200ms
                retries:
                  again: { policy: constant, duration: 10ms, maxRetries: 3 }
                  unavailable: { policy: constant, duration: 10ms, maxRetries: 3, matching: { gRPCStatusCodes: "14" } }
                circuitBreakers:
                  breaker: { maxRequests: 1, timeout: 60s, trip: consecutiveFailures >= 2 }
              targets:
                apps:
                  callee: { {{target}} }
            """);
        return options => options with { ResourcesPaths = [_folder.Path] };
    }
}
