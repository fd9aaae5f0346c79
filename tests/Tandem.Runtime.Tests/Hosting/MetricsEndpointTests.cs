using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime.Tests.Support;
using Tandem.Sidecar;
using Tandem.Sidecar.Http.Metrics;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Hosting;

public sealed class MetricsEndpointTests : IDisposable
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    private readonly TemporaryFolder _folder = new();

    // One connection carries one request at a time: the answer to a later one says that the earlier ones were counted.
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Scrape_AfterCallsBetweenTwoApps_EachSidecarHasItsOwnNumbers()
    {
        await using var app = await TestApp.StartAsync(static http => http.Response.WriteAsync("hello"), Deadline);
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var caller = Options("caller");
        var callee = Options("callee") with { AppPort = app.Port };
        host.Add(caller);
        host.Add(callee);
        await host.StartAsync(Deadline);
        await host.Sidecars[1].WaitForAppAsync(Deadline);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("hello", await _http.GetStringAsync($"http://127.0.0.1:{caller.HttpPort}/v1.0/invoke/callee/method/greet?x=1", Deadline));
        }

        await _http.GetAsync($"http://127.0.0.1:{caller.HttpPort}/v1.0/healthz", Deadline);
        var callerText = await ScrapeAsync(caller);
        var calleeText = await ScrapeAsync(callee);

        (string, string)[] invoke = [("app_id", "caller"), ("method", "GET"), ("path", "/v1.0/invoke/callee/method/greet"), ("status", "200")];
        Assert.Equal(3, callerText.Value("dapr_http_server_request_count", invoke));
        Assert.Equal(3, callerText.Value("dapr_http_server_response_count", invoke));
        Assert.Equal(3, callerText.Value("dapr_http_server_latency_count", invoke));
        Assert.Equal(15, callerText.Value("dapr_http_server_response_bytes_sum", ("app_id", "caller")));
        Assert.Equal(3, callerText.Value("dapr_runtime_service_invocation_req_sent_total", ("app_id", "caller"), ("dst_app_id", "callee"), ("namespace", "default"), ("type", "unary")));
        Assert.Equal(3, callerText.Value("dapr_runtime_service_invocation_res_recv_total", ("src_app_id", "callee"), ("status", "200"), ("type", "unary")));
        Assert.Equal(3, callerText.Value("dapr_runtime_service_invocation_res_recv_latency_ms_count", ("src_app_id", "callee"), ("status", "200")));
        Assert.Equal(3, calleeText.Value("dapr_runtime_service_invocation_req_recv_total", ("app_id", "callee"), ("src_app_id", "caller"), ("type", "unary")));
        Assert.Equal(3, calleeText.Value("dapr_runtime_service_invocation_res_sent_total", ("dst_app_id", "caller"), ("status", "200")));
        Assert.Equal(3, calleeText.Value("dapr_http_client_completed_count", ("app_id", "callee"), ("method", "GET"), ("path", "greet"), ("status", "200")));
        Assert.Empty(callerText.Find("dapr_http_client_completed_count"));
        Assert.Empty(calleeText.Find("dapr_http_server_request_count"));
    }

    [Fact]
    public async Task Scrape_ConfigurationOfMetrics_IsFollowed()
    {
        var configuration = WriteConfiguration("""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec:
              metric:
                recordErrorCodes: true
              metrics:
                latencyDistributionBuckets: [10, 25.5, 100]
                http:
                  increasedCardinality: false
                  excludeVerbs: true
                  pathMatching: ["/v1.0/state/{store}/{key}"]
                rules:
                - name: dapr_error_code_total
                  labels:
                  - name: error_code
                    regex: { "ERR": "ERR_[A-Z_]+" }
            """);
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var options = Options("shop") with { ConfigPaths = [configuration] };
        host.Add(options);
        await host.StartAsync(Deadline);

        await _http.GetAsync($"http://127.0.0.1:{options.HttpPort}/v1.0/state/nowhere/key", Deadline);
        await _http.GetAsync($"http://127.0.0.1:{options.HttpPort}/v1.0/healthz", Deadline);
        var text = await ScrapeAsync(options);

        Assert.Equal(1, text.Sum("dapr_http_server_request_count", ("method", ""), ("path", "/v1.0/state/{store}/{key}")));
        Assert.Equal(["10", "25.5", "100", "+Inf"], text.Find("dapr_http_server_latency_bucket", ("path", "/v1.0/state/{store}/{key}")).Select(static sample => sample.Labels["le"]));
        Assert.Equal(1, text.Value("dapr_error_code_total", ("category", "state"), ("error_code", "ERR")));
    }

    [Fact]
    public async Task Scrape_ConfigurationTurnsMetricsOff_NothingListens()
    {
        var configuration = WriteConfiguration("""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec: { metrics: { enabled: false } }
            """);
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        var options = Options("shop") with { ConfigPaths = [configuration] };
        host.Add(options);
        await host.StartAsync(Deadline);

        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"http://127.0.0.1:{options.HttpPort}/v1.0/nonsense", Deadline)).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => ScrapeAsync(options));
    }

    [Theory]
    [InlineData("latencyDistributionBuckets: [10, 5]", "latencyDistributionBuckets[1] must be more than 10")]
    [InlineData("latencyDistributionBuckets: [fast]", "latencyDistributionBuckets[0] must be a number of milliseconds, not 'fast'")]
    [InlineData("enabled: perhaps", "enabled must be true or false, not 'perhaps'")]
    [InlineData("rules: [{ name: x, labels: [{ name: y, regex: { a: '(' } }] }]", "rules[0].labels[0].regex.a is not a regular expression")]
    [InlineData("rules: [{ labels: [] }]", "rules[0].name is required")]
    public async Task Start_BrokenConfiguration_NamesTheField(string metrics, string fault)
    {
        var configuration = WriteConfiguration($$"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: config }
            spec: { metrics: { {{metrics}} } }
            """);
        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System);
        host.Add(Options("shop") with { ConfigPaths = [configuration] });

        var exception = await Assert.ThrowsAsync<SidecarStartException>(() => host.StartAsync(Deadline));

        Assert.Contains($"spec.metrics.{fault}", Assert.Single(exception.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8", "text/plain; version=1.0.0; escaping=underscores; charset=utf-8")]
    public void ContentTypeFor_WhatScrapersAskFor_IsText(string accept, string contentType) => Assert.Equal(contentType, MetricsEndpoints.ContentTypeFor(accept));

    private async Task<PrometheusText> ScrapeAsync(SidecarOptions options)
    {
        using var answer = await _http.GetAsync($"http://127.0.0.1:{options.MetricsPort}/metrics", Deadline);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return PrometheusText.Parse(await answer.Content.ReadAsStringAsync(Deadline));
    }

    private string WriteConfiguration(string yaml)
    {
        var path = _folder["config.yaml"];
        File.WriteAllText(path, yaml);
        return path;
    }

    private static SidecarOptions Options(string appId) => new() { AppId = appId, HttpPort = FreePorts.Take(), GrpcPort = 0, MetricsPort = FreePorts.Take() };
}
