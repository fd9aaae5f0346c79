namespace Tandem.Runtime.Tracing;

/// <summary>The Configuration's <c>spec.tracing</c>.</summary>
public sealed record TracingSettings
{
    /// <summary>Dapr's rate where spans are exported and no rate is given: one trace in 10,000.</summary>
    public const double DefaultSamplingRate = 0.0001;

    /// <summary><c>samplingRate</c>: the share of traces that begin here and are recorded; <see langword="null"/> when it is not given.</summary>
    public double? SamplingRate { get; init; }

    /// <summary><c>stdout</c>: whether spans are logged.</summary>
    public bool Stdout { get; init; }

    /// <summary><c>otel</c>: where spans go by OTLP.</summary>
    public OtlpSettings? Otlp { get; init; }

    /// <summary><c>zipkin.endpointAddress</c>: where spans go as Zipkin's JSON.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>The rate that applies; 0 turns tracing off.</summary>
    public double EffectiveRate => SamplingRate ?? (Stdout || Otlp is not null || Zipkin is not null ? DefaultSamplingRate : 0);

    /// <summary>These settings with the environment's collector, where they name none. Who names one there wants to see every trace, unless a rate is given.</summary>
    public TracingSettings Or(OtlpSettings? ofEnvironment)
        => ofEnvironment is null || Otlp is not null ? this : this with { Otlp = ofEnvironment, SamplingRate = SamplingRate ?? 1 };
}

/// <summary><c>spec.tracing.otel</c></summary>
/// <param name="Endpoint">The whole address.</param>
/// <param name="IsGrpc">Whether it is OTLP over gRPC instead of HTTP.</param>
/// <param name="Headers">What each request carries.</param>
/// <param name="Timeout">How long an answer is waited for.</param>
public sealed record OtlpSettings(Uri Endpoint, bool IsGrpc, IReadOnlyDictionary<string, string> Headers, TimeSpan? Timeout);
