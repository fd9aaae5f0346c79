using System.Globalization;

namespace Tandem.Gateway;

/// <summary>One service behind the gateway.</summary>
/// <param name="Name">Its app id.</param>
/// <param name="Enabled">Whether it has routes at all.</param>
/// <param name="Urls">Its instances; none when Dapr finds them.</param>
internal sealed record ServiceOptions(string Name, bool Enabled, IReadOnlyList<ServiceUrl> Urls)
{
    private const string WeightKey = "weight=";

    /// <summary>How the gateway reaches it: dapr, or urls.</summary>
    public string Via => Urls.Count == 0 ? "dapr" : "urls";

    public static ServiceOptions Read(string name, IConfiguration configuration)
    {
        var prefix = name.ToUpperInvariant();
        var urls = configuration[$"{prefix}_SERVICE_URLS"] ?? "";
        return new ServiceOptions(
            name,
            Settings.Flag(configuration, $"{prefix}_SERVICE_ENABLED", fallback: true),
            [.. urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => ReadUrl($"{prefix}_SERVICE_URLS", text))]);
    }

    private static ServiceUrl ReadUrl(string setting, string text)
    {
        var parts = text.Split(';', 2, StringSplitOptions.TrimEntries);
        var weight = 1;
        if (parts.Length == 2
            && (!parts[1].StartsWith(WeightKey, StringComparison.Ordinal)
                || !int.TryParse(parts[1].AsSpan(WeightKey.Length), NumberStyles.None, CultureInfo.InvariantCulture, out weight)
                || weight is < 1 or > 1000))
        {
            throw new InvalidOperationException($"{setting}: \"{parts[1]}\" is not understood; expected weight=N with N from 1 to 1000.");
        }

        return Uri.TryCreate(parts[0], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new ServiceUrl(url, weight)
            : throw new InvalidOperationException($"{setting}: \"{parts[0]}\" is no http or https URL.");
    }
}

/// <summary>One instance of a service.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Weight">Its share, compared with the others'.</param>
internal sealed record ServiceUrl(Uri Url, int Weight);
