using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Metrics;

/// <summary><c>GET /metrics</c> (and <c>/</c>) on the metrics port, in Prometheus' text format.</summary>
internal static class MetricsEndpoints
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";
    private const string NewerText = "text/plain; version=1.0.0; escaping=underscores; charset=utf-8";

    public static Task HandleAsync(HttpContext http, SidecarInstance sidecar)
    {
        if (sidecar.Metrics is not { } metrics)
        {
            return ApiRouter.NotFoundAsync(http);
        }

        http.Response.ContentType = ContentTypeFor(http.Request.Headers.Accept.ToString());
        return metrics.WriteAsync(http.Response.BodyWriter, http.RequestAborted);
    }

    /// <summary>
    /// The two versions of the format do not differ for names like Dapr's, so a scraper gets the one that it knows. Whoever asks for
    /// another format gets text all the same, as from any Prometheus client: OpenMetrics has no room for counters that do not end in _total.
    /// </summary>
    internal static string ContentTypeFor(string accept)
    {
        var knowsNewer = false;
        foreach (var range in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            if (range.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                if (!range.Contains("version=1.0.0", StringComparison.OrdinalIgnoreCase))
                {
                    return Text;
                }

                knowsNewer = true;
            }
        }

        return knowsNewer ? NewerText : Text;
    }
}
