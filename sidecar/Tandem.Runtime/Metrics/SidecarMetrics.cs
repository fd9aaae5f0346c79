using System.IO.Pipelines;
using Tandem.Runtime.Components;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Metrics.Grpc;
using Tandem.Runtime.Metrics.Http;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Metrics;

/// <summary>
/// All metrics of one sidecar. What is measured often holds its meter; <see langword="null"/> instead of this object means that metrics
/// are off, and that nothing is measured.
/// </summary>
public sealed class SidecarMetrics
{
    private readonly MetricRegistry _registry;

    private SidecarMetrics(SidecarOptions options, MetricsSettings settings)
    {
        _registry = new MetricRegistry(options, settings);
        Runtime = new RuntimeMetrics(_registry);
        HttpServer = new HttpServerMetrics(_registry, settings);
        HttpClient = new HttpClientMetrics(_registry, settings);
        GrpcServer = new GrpcServerMetrics(_registry);
        Invocation = new InvocationMetrics(_registry);
        State = new ComponentMetrics(_registry, "state", "state stores");
        PubSub = new PubSubMetrics(_registry);
        InputBindings = new InputBindingMetrics(_registry);
        OutputBindings = new ComponentMetrics(_registry, "output_binding", "output bindings");
        Secrets = new ComponentMetrics(_registry, "secret", "secret stores");
        Configuration = new ComponentMetrics(_registry, "configuration", "configuration stores");
        Crypto = new ComponentMetrics(_registry, "crypto", "cryptography components");
        Actors = new ActorMetrics(_registry);
        Resiliency = new ResiliencyMetrics(_registry);
        Spans = new SpanMetrics(_registry);
        ErrorCodes = settings.RecordErrorCodes ? new ErrorCodeMetrics(_registry) : null;
        _registry.Add(new ProcessMetrics());
    }

    /// <summary>Components that are loaded.</summary>
    public RuntimeMetrics Runtime { get; }

    /// <summary>The HTTP API.</summary>
    public HttpServerMetrics HttpServer { get; }

    /// <summary>Requests to the app.</summary>
    public HttpClientMetrics HttpClient { get; }

    /// <summary>The gRPC API, and calls that are passed on to other apps.</summary>
    public GrpcServerMetrics GrpcServer { get; }

    /// <summary>Calls from app to app.</summary>
    public InvocationMetrics Invocation { get; }

    /// <summary>State stores.</summary>
    public ComponentMetrics State { get; }

    /// <summary>Brokers.</summary>
    public PubSubMetrics PubSub { get; }

    /// <summary>Input bindings.</summary>
    public InputBindingMetrics InputBindings { get; }

    /// <summary>Output bindings.</summary>
    public ComponentMetrics OutputBindings { get; }

    /// <summary>Secret stores.</summary>
    public ComponentMetrics Secrets { get; }

    /// <summary>Configuration stores.</summary>
    public ComponentMetrics Configuration { get; }

    /// <summary>Cryptography components.</summary>
    public ComponentMetrics Crypto { get; }

    /// <summary>Actors.</summary>
    public ActorMetrics Actors { get; }

    /// <summary>Resiliency policies.</summary>
    public ResiliencyMetrics Resiliency { get; }

    /// <summary>Spans on their way to a collector.</summary>
    public SpanMetrics Spans { get; }

    /// <summary>The API's errors; <see langword="null"/> when the Configuration does not ask for them.</summary>
    public ErrorCodeMetrics? ErrorCodes { get; }

    /// <summary>The metrics of a sidecar, <see langword="null"/> when its flags or its Configuration turn them off.</summary>
    public static SidecarMetrics? Create(SidecarOptions options, MetricsSettings settings)
        => options.MetricsPort is null || !settings.Enabled ? null : new SidecarMetrics(options, settings);

    /// <summary>The resources were loaded, and the components are in this set from now on.</summary>
    public void Watch(ComponentSet components, ResourceSet resources)
    {
        Runtime.Watch(components);
        foreach (var resiliency in resources.Resiliencies)
        {
            Resiliency.Loaded(resiliency.Id.Name);
        }
    }

    /// <summary>Writes all metrics in Prometheus' text format.</summary>
    public Task WriteAsync(PipeWriter output, CancellationToken cancellationToken) => _registry.WriteAsync(output, cancellationToken);
}
