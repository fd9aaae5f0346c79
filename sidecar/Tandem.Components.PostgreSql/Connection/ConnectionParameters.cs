using System.Text;
using Tandem.Components.Metadata;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>
/// A connection string as PostgreSQL's own tools take it, by parameter: <c>host=… user=…</c> with quotes and backslashes, or a URL
/// <c>postgres://user:password@host:port/database?sslmode=…</c>. No message shows any of its values: one of them is the password.
/// </summary>
internal static class ConnectionParameters
{
    /// <summary>Reads a connection string; names are in lower case.</summary>
    public static Dictionary<string, string> Parse(string field, string text)
    {
        text = text.Trim();
        return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
            ? ParseUrl(field, text)
            : ParseWords(field, text);
    }

    private static Dictionary<string, string> ParseWords(string field, string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (SkipSpace(text, ref at))
        {
            var equals = text.IndexOf('=', at);
            var name = equals < 0 ? "" : text[at..equals].Trim();
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                throw new ComponentMetadataException(field, "must be a list of name=value, or a URL postgres://user:password@host:port/database");
            }

            at = equals + 1;
            SkipSpace(text, ref at);
            parameters[name] = ReadValue(field, name, text, ref at);
        }

        return parameters;
    }

    private static bool SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string ReadValue(string field, string name, string text, ref int at)
    {
        var value = new StringBuilder();
        var quoted = at < text.Length && text[at] == '\'';
        for (at += quoted ? 1 : 0; at < text.Length; at++)
        {
            if (quoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        return quoted ? throw new ComponentMetadataException(field, $"has no closing quote after {name}") : value.ToString();
    }

    private static Dictionary<string, string> ParseUrl(string field, string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            foreach (var pair in rest[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    throw new ComponentMetadataException(field, "must have name=value behind its question mark, joined by &");
                }

                parameters[Decode(pair[..equals])] = Decode(pair[(equals + 1)..]);
            }

            rest = rest[..question];
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        Add(parameters, "dbname", slash < 0 ? "" : Decode(rest[(slash + 1)..]));
        var authority = slash < 0 ? rest : rest[..slash];
        // The last @: a password that should have been escaped is still not taken for a host.
        var user = authority.LastIndexOf('@');
        if (user >= 0)
        {
            var colon = authority.IndexOf(':', StringComparison.Ordinal);
            var named = colon >= 0 && colon < user;
            Add(parameters, "user", Decode(named ? authority[..colon] : authority[..user]));
            Add(parameters, "password", named ? Decode(authority[(colon + 1)..user]) : "");
        }

        AddHosts(field, parameters, authority[(user + 1)..]);
        return parameters;
    }

    private static void AddHosts(string field, Dictionary<string, string> parameters, string hosts)
    {
        if (hosts.Length == 0)
        {
            return;
        }

        List<string> names = [];
        List<string> ports = [];
        foreach (var host in hosts.Split(','))
        {
            var bracket = host.LastIndexOf(']');
            var colon = host.IndexOf(':', bracket < 0 ? 0 : bracket);
            names.Add(Decode((colon < 0 ? host : host[..colon]).Trim('[', ']')));
            ports.Add(colon < 0 ? "" : host[(colon + 1)..]);
            if (host.StartsWith('[') != (bracket > 0))
            {
                throw new ComponentMetadataException(field, "has an IPv6 address without its closing bracket");
            }
        }

        Add(parameters, "host", string.Join(',', names));
        if (ports.Any(static port => port.Length > 0))
        {
            Add(parameters, "port", string.Join(',', ports));
        }
    }

    private static void Add(Dictionary<string, string> parameters, string name, string value)
    {
        if (value.Length > 0)
        {
            parameters[name] = value;
        }
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
