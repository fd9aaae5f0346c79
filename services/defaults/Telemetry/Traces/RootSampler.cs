using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Which of the traces that begin in this service are recorded: all, or the share that OTEL_TRACES_SAMPLER_ARG gives with
/// OTEL_TRACES_SAMPLER=parentbased_traceidratio. Probes of health and of the sidecar are none, and neither is a call that nothing caused, such
/// as the question for a secret at the start: a trace begins with what somebody wanted.
/// </summary>
internal sealed class RootSampler(double share) : Sampler
{
    private readonly TraceIdRatioBasedSampler _ratio = new(share);

    /// <summary>The share that the environment gives.</summary>
    /// <exception cref="InvalidOperationException">It gives none that can be.</exception>
    public static double ShareOf(IConfiguration configuration)
    {
        const string Sampler = "OTEL_TRACES_SAMPLER";
        const string Argument = "OTEL_TRACES_SAMPLER_ARG";
        var name = configuration[Sampler];
        return name switch
        {
            null or "" or "always_on" or "parentbased_always_on" => 1,
            "always_off" or "parentbased_always_off" => 0,
            "traceidratio" or "parentbased_traceidratio" => double.TryParse(configuration[Argument], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
                ? share
                : throw new InvalidOperationException($"{Argument} is \"{configuration[Argument]}\"; expected a number from 0 to 1."),
            _ => throw new InvalidOperationException($"{Sampler} is \"{name}\"; expected parentbased_always_on, parentbased_always_off or parentbased_traceidratio."),
        };
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        => samplingParameters.Kind == ActivityKind.Client || (samplingParameters.Kind == ActivityKind.Server && IsProbe(samplingParameters.Tags))
            ? new SamplingResult(SamplingDecision.Drop)
            : _ratio.ShouldSample(samplingParameters);

    private static bool IsProbe(IEnumerable<KeyValuePair<string, object?>>? tags)
    {
        foreach (var (name, value) in tags ?? [])
        {
            if (name == "url.path")
            {
                return value is string path && path.StartsWith('/') && OwnPaths.Contains(path);
            }
        }

        return false;
    }
}
