using System.Data.Common;
using Npgsql;

namespace Tandem.ServiceDefaults;

/// <summary>Which database a connection string means: a file for SQLite (<c>Data Source=</c>), a host for PostgreSQL (<c>Host=</c>, or a URL).</summary>
internal static class DatabaseEngines
{
    /// <summary>Makes the engine. Messages show nothing of the connection string: it may hold a password.</summary>
    public static DatabaseEngine Create(string connectionString, string dataDirectory)
    {
        if (connectionString.StartsWith("postgres://", StringComparison.Ordinal) || connectionString.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            return new PostgreSqlEngine(FromUrl(connectionString));
        }

        DbConnectionStringBuilder words;
        try
        {
            words = new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException)
        {
            throw Unknown();
        }

        return words.ContainsKey("Host") || words.ContainsKey("Server") ? new PostgreSqlEngine(Read(connectionString))
            : words.ContainsKey("Data Source") || words.ContainsKey("DataSource") || words.ContainsKey("Filename") ? new SqliteEngine(connectionString, dataDirectory)
            : throw Unknown();
    }

    private static NpgsqlConnectionStringBuilder Read(string words)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(words);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new InvalidOperationException("The database's connection string has a word that the PostgreSQL driver does not know, or a value that it cannot use.", exception);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw new InvalidOperationException("The database's connection string is no URL of the form postgresql://user:password@host:port/database (special characters escaped).");
        }

        var user = url.UserInfo.Split(':', 2);
        var words = new DbConnectionStringBuilder
        {
            ["Host"] = url.IdnHost,
            ["Port"] = url.Port > 0 ? url.Port : NpgsqlConnection.DefaultPort,
            ["Username"] = Uri.UnescapeDataString(user[0]),
            ["Password"] = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
            ["Database"] = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2)))
        {
            var value = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
            words[WordOf(pair[0])] = pair[0] is "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return Read(words.ConnectionString);
    }

    /// <summary>The driver's word for a parameter of a URL, where it is another one.</summary>
    private static string WordOf(string parameter) => parameter switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        "search_path" => "Search Path",
        "target_session_attrs" => "Target Session Attributes",
        _ => Uri.UnescapeDataString(parameter),
    };

    private static InvalidOperationException Unknown()
        => new("The database's connection string must name a file for SQLite (Data Source=…) or a host for PostgreSQL (Host=…, or postgresql://user:password@host/database).");
}
