using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Tracing.Export;

namespace Tandem.Runtime.Tracing;

/// <summary>
/// The spans of one sidecar in W3C trace context. A caller's decision to record a trace is kept; of the traces that begin here as many are
/// recorded as the sampling rate says, chosen by their ID. There is no such object when the rate is 0: then trace headers pass untouched.
/// </summary>
public sealed class TraceContext : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static int _count;

    private readonly ActivitySource _source;
    private readonly TracerProvider _provider;

    private TraceContext(string appId, TracingSettings settings, SpanMetrics? metrics, ILoggerFactory loggers)
    {
        // Listeners find sources by name in the whole process, and one may host sidecars with the same app ID in two namespaces.
        _source = new ActivitySource($"tandem.sidecar.{Interlocked.Increment(ref _count)}");
        var builder = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(appId, autoGenerateServiceInstanceId: false))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.EffectiveRate)))
            .AddSource(_source.Name);
        if (settings.Otlp is { } otlp)
        {
            builder.AddProcessor(new SpanQueue(new OtlpSpanExporter(otlp), "otlp", metrics));
        }

        if (settings.Zipkin is { } zipkin)
        {
            builder.AddProcessor(new SpanQueue(new ZipkinSpanExporter(zipkin, appId), "zipkin", metrics));
        }

        if (settings.Stdout)
        {
            builder.AddProcessor(new SimpleActivityExportProcessor(new LogSpanExporter(loggers.CreateLogger<TraceContext>())));
        }

        _provider = builder.Build();
    }

    /// <summary>Makes the spans of a sidecar; <see langword="null"/> when tracing is off.</summary>
    public static TraceContext? Create(string appId, TracingSettings settings, SidecarMetrics? metrics, ILoggerFactory loggers)
        => settings.EffectiveRate > 0 ? new TraceContext(appId, settings, metrics?.Spans, loggers) : null;

    /// <summary>Begins a span; dispose it. Without a valid parent it begins a trace.</summary>
    public Activity? Start(string name, ActivityKind kind, string? traceParent, string? traceState)
    {
        // What surrounds the caller in this process is another request's, or another sidecar's.
        Activity.Current = null;
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        return _source.StartActivity(name, kind, parent);
    }

    /// <summary>Calls the app within a span, whose context the app gets.</summary>
    /// <param name="tags">What to say of the span when it is recorded.</param>
    public async Task<HttpResponseMessage> SendAsync(
        IAppChannel app, HttpRequestMessage request, string name, ActivityKind kind, Action<Activity>? tags, CancellationToken cancellationToken)
    {
        using var span = Start(name, kind, HeaderOf(request, TraceHeaders.TraceParent), HeaderOf(request, TraceHeaders.TraceState));
        if (span is not null)
        {
            request.Headers.Remove(TraceHeaders.TraceParent);
            request.Headers.TryAddWithoutValidation(TraceHeaders.TraceParent, span.Id);
        }

        if (span is { IsAllDataRequested: true })
        {
            tags?.Invoke(span);
        }

        try
        {
            var answer = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
            span?.SetOutcome((int)answer.StatusCode);
            return answer;
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _provider.Shutdown((int)Farewell.TotalMilliseconds);
        _provider.Dispose();
        _source.Dispose();
    }

    private static string? HeaderOf(HttpRequestMessage request, string name)
        => request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}

/// <summary>The names of the trace's headers.</summary>
public static class TraceHeaders
{
    /// <summary>The trace and the span that calls.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>What vendors add.</summary>
    public const string TraceState = "tracestate";
}

/// <summary>What all spans say.</summary>
public static class SpanOutcome
{
    /// <summary>Ends a span with an HTTP status.</summary>
    public static void SetOutcome(this Activity span, int status)
    {
        span.SetTag("dapr.status_code", status);
        if (status >= 400)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
