using System.Globalization;

namespace Tandem.Runtime.Metrics.Http;

/// <summary>Finds the series of an HTTP call by its method, path and status, and allocates nothing for one that was seen before.</summary>
internal sealed class HttpSeries
{
    private const int MethodShift = 16;
    private const int StatusMask = (1 << MethodShift) - 1;

    private readonly Measure<Histogram> _measure;
    private readonly PathLabels _labels;
    private readonly bool _excludeVerbs;
    private readonly BoundedCache<StatusSeries<Histogram>> _paths;
    private readonly StatusSeries<Histogram> _otherPaths;

    /// <param name="measure">Its labels are method, path and status.</param>
    public HttpSeries(Measure<Histogram> measure, MetricsSettings settings)
    {
        _measure = measure;
        _labels = new PathLabels(settings);
        _excludeVerbs = settings.ExcludeVerbs;
        _otherPaths = CreatePath("");

        // Rules may yet make one of all the paths that come when there are too many.
        _paths = new BoundedCache<StatusSeries<Histogram>>(CreatePath, others: settings.Rules.Count == 0 ? _otherPaths : null);
    }

    /// <summary>Finds the series; status 0 is none.</summary>
    public Histogram Find(string method, ReadOnlySpan<char> path, int status)
    {
        Span<char> buffer = stackalloc char[PathLabels.Longest];
        var label = _labels.Find(path, buffer);
        var series = label.IsEmpty ? _otherPaths : _paths.Get(label);
        return series.Find(((_excludeVerbs ? 0 : IndexOf(method)) << MethodShift) | status);
    }

    private StatusSeries<Histogram> CreatePath(string path)
        => new(key => _measure.Get(NameOf(key >> MethodShift), path, (key & StatusMask) is > 0 and var status ? status.ToString(CultureInfo.InvariantCulture) : ""));

    /// <summary>The methods that are told apart; callers could make up any number of others.</summary>
    private static int IndexOf(string method) => method switch
    {
        "GET" => 1,
        "POST" => 2,
        "PUT" => 3,
        "DELETE" => 4,
        "PATCH" => 5,
        "HEAD" => 6,
        "OPTIONS" => 7,
        "TRACE" => 8,
        "CONNECT" => 9,
        _ => 10,
    };

    private static string NameOf(int method) => method switch
    {
        0 => "",
        1 => "GET",
        2 => "POST",
        3 => "PUT",
        4 => "DELETE",
        5 => "PATCH",
        6 => "HEAD",
        7 => "OPTIONS",
        8 => "TRACE",
        9 => "CONNECT",
        _ => "OTHER",
    };
}
