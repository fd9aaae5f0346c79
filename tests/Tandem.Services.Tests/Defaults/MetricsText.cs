using System.Globalization;

namespace Tandem.Services.Tests.Defaults;

/// <summary>What a service's /metrics says.</summary>
internal sealed class MetricsText(string text)
{
    public static async Task<MetricsText> ReadAsync(HttpClient client)
        => new(await client.GetStringAsync(Http.At("/metrics")));

    /// <summary>The value of a series; a series that is not there fails.</summary>
    /// <param name="series">As the text has it, such as <c>tandem_orders_total{status="paid"}</c>.</param>
    public double Of(string series)
    {
        var line = text.Split('\n').SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        Assert.True(line is not null, $"No {series} in:\n{string.Join('\n', text.Split('\n').Where(static line => line.StartsWith("tandem_", StringComparison.Ordinal)))}");
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>The type that is said of a metric.</summary>
    public bool IsOfType(string name, string type) => text.Contains($"# TYPE {name} {type}\n", StringComparison.Ordinal)
        && text.Contains($"# HELP {name} ", StringComparison.Ordinal);
}
