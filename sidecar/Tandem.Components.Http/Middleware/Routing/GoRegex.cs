using System.Text.RegularExpressions;

namespace Tandem.Components.Http.Middleware.Routing;

/// <summary>Regular expressions as Go reads them: what takes more than linear time (look-around, back-references) is not there.</summary>
internal static class GoRegex
{
    public static Regex Create(string pattern)
        => new(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
