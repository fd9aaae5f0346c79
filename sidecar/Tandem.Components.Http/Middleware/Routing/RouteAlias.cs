using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Components.Http.Middleware.Routing;

/// <summary>One alias: a path with variables (<c>/orders/{id}</c>, <c>/orders/{id:[0-9]+}</c>), and the path that it stands for.</summary>
internal sealed class RouteAlias
{
    private readonly Regex? _pattern;
    private readonly string _path;
    private readonly string[] _variables;

    public RouteAlias(string path, string target)
    {
        _path = path;
        Target = target;
        var pattern = new StringBuilder("^");
        var variables = new List<string>();
        var at = 0;
        while (path.IndexOf('{', at) is >= 0 and var open)
        {
            var close = FindClose(path, open);
            var (name, rule) = path[(open + 1)..close].Split(':', 2) is [var named, var ruled] ? (named, ruled) : (path[(open + 1)..close], "[^/]+");
            pattern.Append(Regex.Escape(path[at..open])).Append("(?<v").Append(variables.Count).Append('>').Append(rule).Append(')');
            variables.Add(name);
            at = close + 1;
        }

        _variables = [.. variables];
        _pattern = variables.Count == 0 ? null : GoRegex.Create(pattern.Append(Regex.Escape(path[at..])).Append('$').ToString());
    }

    /// <summary>Where a request goes; its query and the values of the variables are added to the query.</summary>
    public string Target { get; }

    /// <summary>Whether any variable is in the path; exact paths are looked up.</summary>
    public bool HasVariables => _pattern is not null;

    /// <summary>The exact path.</summary>
    public string Path => _path;

    /// <summary>The target for an (unescaped) path with its query (with question mark), or <see langword="null"/> when the path is another one.</summary>
    public string? Match(string path, ReadOnlySpan<char> query)
    {
        if (_pattern is null)
        {
            return path == _path ? Append(new StringBuilder(Target), query).ToString() : null;
        }

        var match = _pattern.Match(path);
        if (!match.Success)
        {
            return null;
        }

        var target = Append(new StringBuilder(Target), query);
        for (var i = 0; i < _variables.Length; i++)
        {
            Append(target, $"?{Uri.EscapeDataString(_variables[i])}={Uri.EscapeDataString(match.Groups[$"v{i}"].Value)}");
        }

        return target.ToString();
    }

    /// <summary>Adds a query (with its question mark) to what may have one.</summary>
    private static StringBuilder Append(StringBuilder target, ReadOnlySpan<char> query)
    {
        if (query.Length > 1)
        {
            target.Append(target.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(query[1..]);
        }

        return target;
    }

    /// <summary>A variable's rule may hold braces of its own.</summary>
    private static int FindClose(string path, int open)
    {
        var depth = 0;
        for (var i = open; i < path.Length; i++)
        {
            depth += path[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new FormatException($"the brace at {open} of '{path}' is not closed");
    }
}
