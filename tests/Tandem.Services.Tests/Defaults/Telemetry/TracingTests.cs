using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults.Telemetry;

public sealed class TracingTests
{
    private const string Cause = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(ActivityKind.Server, "/orders", SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, "/healthy-food", SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, "*", SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, "/health/ready", SamplingDecision.Drop)]
    [InlineData(ActivityKind.Server, "/dapr/subscribe", SamplingDecision.Drop)]
    [InlineData(ActivityKind.Client, "/v1.0/secrets", SamplingDecision.Drop)]
    [InlineData(ActivityKind.Internal, null, SamplingDecision.RecordAndSample)]
    public void Sampler_OfTracesThatBeginHere_LeavesOutProbesAndCallsThatNothingCaused(ActivityKind kind, string? path, SamplingDecision expected)
    {
        var tags = path is null ? null : new Dictionary<string, object?> { ["http.request.method"] = "GET", ["url.path"] = path };

        var result = new RootSampler(1).ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "span", kind, tags));

        Assert.Equal(expected, result.Decision);
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData("parentbased_always_off", null, 0)]
    [InlineData("parentbased_traceidratio", "0.25", 0.25)]
    public void ShareOf_Environment_IsWhatItSays(string? sampler, string? argument, double expected)
        => Assert.Equal(expected, RootSampler.ShareOf(Settings(sampler, argument)));

    [Theory]
    [InlineData("parentbased_traceidratio", "2", "OTEL_TRACES_SAMPLER_ARG is \"2\"; expected a number from 0 to 1.")]
    [InlineData("xray", null, "OTEL_TRACES_SAMPLER is \"xray\"; expected parentbased_always_on, parentbased_always_off or parentbased_traceidratio.")]
    public void ShareOf_EnvironmentThatCannotBe_IsRefused(string sampler, string? argument, string expected)
        => Assert.Equal(expected, Assert.Throws<InvalidOperationException>(() => RootSampler.ShareOf(Settings(sampler, argument))).Message);

    [Fact]
    public void Continue_OfACause_IsInItsTraceAndNotInTheCallers()
    {
        using var caller = new Activity("reminder").Start();

        using var work = Causes.Continue("publish", ActivityKind.Producer, Cause);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", work?.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", work?.ParentSpanId.ToHexString());
        Assert.True(work?.Recorded);
        Assert.Equal(Causes.Current, work?.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public void Continue_OfNoCause_IsNoSpan(string? cause)
    {
        using var caller = new Activity("reminder").Start();

        Assert.Null(Causes.Continue("publish", ActivityKind.Producer, cause));
        Assert.Null(Causes.Current);
    }

    private static IConfiguration Settings(string? sampler, string? argument)
        => new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_TRACES_SAMPLER", sampler), new("OTEL_TRACES_SAMPLER_ARG", argument)]).Build();
}
