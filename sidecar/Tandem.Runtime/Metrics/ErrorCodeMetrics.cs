namespace Tandem.Runtime.Metrics;

/// <summary>Which errors the API answered with.</summary>
public sealed class ErrorCodeMetrics
{
    private static readonly (string Word, string Category)[] Categories =
    [
        ("_STATE_", "state"), ("_PUBSUB_", "pubsub"), ("_ACTOR", "actor"), ("_SECRET", "secret"), ("_BINDING", "binding"), ("_DIRECT_INVOKE", "service-invocation"),
        ("_CONFIGURATION", "configuration"), ("_LOCK", "lock"), ("_CRYPTO", "crypto"), ("_JOB", "job"), ("_SCHEDULE", "job"), ("_HEALTH", "health"), ("_WORKFLOW", "workflow"),
    ];

    private readonly BoundedCache<Counter> _codes;

    internal ErrorCodeMetrics(MetricRegistry registry)
    {
        var errors = registry.AddCounter(
            registry.HttpLabels("category", "error_code"),
            "error_code",
            new Metric("dapr_error_code_total", MetricKind.Counter, "The number of answers with an error code."));
        _codes = new BoundedCache<Counter>(code => errors.Get(CategoryOf(code), code));
    }

    /// <summary>The API answered with an error.</summary>
    public void Record(string code) => _codes.Get(code).Add();

    private static string CategoryOf(string code)
        => Array.Find(Categories, category => $"_{code}_".Contains(category.Word, StringComparison.Ordinal)).Category ?? "common";
}
