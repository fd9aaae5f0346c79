using System.IO.Pipelines;
using System.Text;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Tests.Support;

namespace Tandem.Runtime.Tests.Metrics;

internal static class Registries
{
    public static SidecarMetrics Create(MetricsSettings? settings = null, string appId = "shop")
        => SidecarMetrics.Create(new SidecarOptions { AppId = appId }, settings ?? new MetricsSettings())!;

    public static async Task<string> WriteAsync(this SidecarMetrics metrics)
    {
        using var stream = new MemoryStream();
        var writer = PipeWriter.Create(stream);
        await metrics.WriteAsync(writer, CancellationToken.None);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static async Task<PrometheusText> ReadAsync(this SidecarMetrics metrics) => PrometheusText.Parse(await metrics.WriteAsync());
}
