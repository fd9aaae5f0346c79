using Tandem.Cli.Sidecar;

namespace Tandem.Cli.Tests.Sidecar;

public sealed class DaprdArgumentsTests
{
    [Theory]
    [InlineData("--app-id one", "--app-id=one")]
    [InlineData("--app-id=one", "--app-id=one")]
    [InlineData("-app-id one -app-port=5", "--app-id=one --app-port=5")]
    [InlineData("--app-id one --app-id two", "--app-id=two")]
    [InlineData("--app-max-concurrency -1", "--app-max-concurrency=-1")]
    [InlineData("--enable-metrics", "--enable-metrics=true")]
    [InlineData("--enable-metrics=0 --log-as-json=T", "--enable-metrics=false --log-as-json=true")]
    [InlineData("--enable-metrics false --log-as-json", "--enable-metrics=false --log-as-json=true")]
    [InlineData("--enable-api-logging --app-id false", "--enable-api-logging=true --app-id=false")]
    [InlineData("--config a --config b,c", "--config=a --config=b,c")]
    [InlineData("--components-path a --resources-path b", "--resources-path=a --resources-path=b")]
    [InlineData("--placement-host-address localhost:50005", "--placement-host-address=localhost:50005")]
    [InlineData("--no-such-flag x", "--no-such-flag x")]
    [InlineData("-h", "-h")]
    [InlineData("--app-id", "--app-id")]
    public void Normalize_EveryForm_IsOne(string written, string expected)
        => Assert.Equal(expected, string.Join(' ', DaprdArguments.Normalize(written.Split(' '), new SidecarFlags().All)));

    [Fact]
    public void All_AreTheFlagsOfDaprd()
    {
        const string Names =
            """
            actors-disseminate-timeout allowed-origins app-binding-options-timeout app-channel-address app-health-check-path app-health-probe-interval app-health-probe-timeout
            app-health-threshold app-id app-max-concurrency app-port app-protocol build-info config control-plane-address control-plane-namespace control-plane-trust-domain
            dapr-block-shutdown-duration dapr-graceful-shutdown-seconds dapr-grpc-port dapr-http-port dapr-internal-grpc-listen-address dapr-internal-grpc-port
            dapr-listen-addresses dapr-public-listen-address dapr-public-port disable-builtin-k8s-secret-store disable-init-endpoints enable-api-logging
            enable-app-health-check enable-metrics enable-mtls enable-profiling hot-reload-reconcile-interval log-as-json log-file log-level max-body-size
            metrics-listen-address metrics-port mode placement-host-address profile-port read-buffer-size resources-path scheduler-host-address scheduler-job-streams
            sentry-address sentry-request-jwt-audiences unix-domain-socket version wait
            """;

        var known = new SidecarFlags().All.Select(static flag => flag.Name).ToHashSet();

        Assert.All(Names.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries), name => Assert.Contains("--" + name, known));
    }
}
