using System.Globalization;
using System.Text;
using Npgsql;
using Tandem.Components.Metadata;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>Puts the parameters of a connection string into the driver's words. A parameter that cannot be honoured is refused by name.</summary>
internal static class DriverParameters
{
    /// <summary>Parameters that change nothing that this driver does, whatever they say.</summary>
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.OrdinalIgnoreCase)
    {
        "pool_max_conn_lifetime_jitter", "description_cache_capacity", "min_read_buffer_size", "sslcompression", "min_protocol_version", "max_protocol_version",
    };

    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "service", "servicefile", "sslcrl", "sslcrldir", "replication", "gsslib", "gssdelegation", "requirepeer", "ssl_min_protocol_version", "ssl_max_protocol_version",
        "scram_client_key", "scram_server_key", "sslcertmode", "sslkeylogfile", "oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope",
    };

    /// <summary>Applies all of them.</summary>
    /// <returns>The name that the server's certificate must have, when it is not the address that is dialled.</returns>
    public static string? Apply(
        Dictionary<string, string> parameters,
        NpgsqlConnectionStringBuilder driver,
        Func<string, string> fieldOf,
        Func<string, string> resolvePath,
        IReadOnlyDictionary<string, bool> execModes)
    {
        var options = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(static parameter => parameter.Key, StringComparer.Ordinal))
        {
            try
            {
                if (!TryApply(name, value, driver, fieldOf, resolvePath, execModes))
                {
                    AddSetting(options, name, value);
                }
            }
            catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
            {
                throw new ComponentMetadataException(fieldOf(name), $"has a value for {name} that cannot be used", exception);
            }
        }

        if (options.Length > 0)
        {
            driver.Options = driver.Options is { Length: > 0 } given ? $"{given} {options}" : options.ToString();
        }

        ApplyHosts(parameters, driver, fieldOf);
        if (driver.SslMode is SslMode.Require && !string.IsNullOrEmpty(driver.RootCertificate))
        {
            // As PostgreSQL's own tools do: who names an authority wants it to be looked at.
            driver.SslMode = SslMode.VerifyCA;
        }

        return parameters.ContainsKey("hostaddr") && parameters.TryGetValue("host", out var host) ? host : null;
    }

    private static bool TryApply(
        string name, string value, NpgsqlConnectionStringBuilder driver, Func<string, string> fieldOf, Func<string, string> resolvePath, IReadOnlyDictionary<string, bool> execModes)
    {
        switch (name.ToLowerInvariant())
        {
            case "host" or "hostaddr" or "port":
                break;
            case "user":
                driver.Username = value;
                break;
            case "password":
                driver.Password = value;
                break;
            case "dbname":
                driver.Database = value;
                break;
            case "passfile":
                driver.Passfile = resolvePath(value);
                break;
            case "sslmode":
                driver.SslMode = Word<SslMode>(name, value, fieldOf);
                break;
            case "sslrootcert":
                driver.RootCertificate = value is "system" ? null : File(name, value, fieldOf, resolvePath);
                break;
            case "sslcert":
                driver.SslCertificate = File(name, value, fieldOf, resolvePath);
                break;
            case "sslkey":
                driver.SslKey = File(name, value, fieldOf, resolvePath);
                break;
            case "sslpassword":
                driver.SslPassword = value;
                break;
            case "sslnegotiation":
                driver.SslNegotiation = Word<SslNegotiation>(name, value, fieldOf);
                break;
            case "channel_binding":
                driver.ChannelBinding = Word<ChannelBinding>(name, value, fieldOf);
                break;
            case "gssencmode":
                driver.GssEncryptionMode = Word<GssEncryptionMode>(name, value, fieldOf);
                break;
            case "krbsrvname":
                driver.KerberosServiceName = value;
                break;
            case "require_auth":
                driver.RequireAuth = value;
                break;
            case "target_session_attrs":
                driver.TargetSessionAttributes = value;
                break;
            case "load_balance_hosts":
                driver.LoadBalanceHosts = value is "random";
                break;
            case "connect_timeout":
                driver.Timeout = Math.Clamp(Number(value), 0, 1024);
                break;
            case "application_name" or "fallback_application_name":
                driver.ApplicationName = value;
                break;
            case "options":
                driver.Options = value;
                break;
            case "search_path":
                driver.SearchPath = value;
                break;
            case "timezone":
                driver.Timezone = value;
                break;
            case "client_encoding" when value.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase) || value is "auto":
                break;
            case "sslsni" when value is "1":
                break;
            case "client_encoding" or "sslsni":
                throw new ComponentMetadataException(fieldOf(name), $"has {name}, which can only be {(name is "sslsni" ? "1" : "UTF8")}");
            case "keepalives":
                driver.TcpKeepAlive = Number(value) != 0;
                break;
            case "keepalives_idle":
                driver.TcpKeepAliveTime = Number(value);
                break;
            case "keepalives_interval":
                driver.TcpKeepAliveInterval = Number(value);
                break;
            case "keepalives_count" or "tcp_user_timeout":
                Number(value);
                break;
            case "pool_max_conns":
                driver.MaxPoolSize = Number(value);
                break;
            case "pool_min_conns" or "pool_min_idle_conns":
                driver.MinPoolSize = Number(value);
                break;
            case "pool_max_conn_lifetime":
                driver.ConnectionLifetime = Seconds(value);
                break;
            case "pool_max_conn_idle_time":
                driver.ConnectionIdleLifetime = Seconds(value);
                break;
            case "pool_health_check_period":
                driver.ConnectionPruningInterval = Math.Max(1, Seconds(value));
                break;
            case "statement_cache_capacity":
                driver.MaxAutoPrepare = Number(value);
                break;
            case "default_query_exec_mode":
                driver.MaxAutoPrepare = !execModes.TryGetValue(value, out var prepares)
                    ? throw new ComponentMetadataException(fieldOf(name), $"must be one of {string.Join(", ", execModes.Keys)}, not '{value}'")
                    : prepares ? driver.MaxAutoPrepare : 0;
                break;
            default:
                if (Refused.Contains(name))
                {
                    throw new ComponentMetadataException(fieldOf(name), $"has {name}, which is not supported");
                }

                return WithoutEffect.Contains(name);
        }

        return true;
    }

    /// <summary>Anything else is a setting of the server's for the session, such as <c>statement_timeout</c>.</summary>
    private static void AddSetting(StringBuilder options, string name, string value)
    {
        options.Append(options.Length > 0 ? " " : "").Append("-c ").Append(name).Append('=');
        foreach (var character in value)
        {
            options.Append(char.IsWhiteSpace(character) || character == '\\' ? "\\" : "").Append(character);
        }
    }

    private static void ApplyHosts(Dictionary<string, string> parameters, NpgsqlConnectionStringBuilder driver, Func<string, string> fieldOf)
    {
        var (name, text) = parameters.TryGetValue("hostaddr", out var address) ? ("hostaddr", address) : ("host", parameters["host"]);
        var hosts = text.Split(',');
        var ports = (parameters.GetValueOrDefault("port") ?? "").Split(',').Select(port => ParsePort(fieldOf("port"), port)).ToArray();
        if (hosts.Any(static host => host.Length == 0) || (ports.Length != 1 && ports.Length != hosts.Length))
        {
            throw new ComponentMetadataException(
                fieldOf(name), hosts.Any(static host => host.Length == 0) ? "has an empty host" : "must have one port for all hosts, or one for each");
        }

        driver.Port = ports[0];
        driver.Host = hosts.Length == 1
            ? hosts[0]
            : string.Join(',', hosts.Select((host, index) => $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{ports[ports.Length == 1 ? 0 : index]}"));
    }

    private static int ParsePort(string field, string text)
        => text.Length == 0 ? NpgsqlConnection.DefaultPort
            : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port
            : throw new ComponentMetadataException(field, $"must have a port between 1 and 65535, not '{text}'");

    private static T Word<T>(string name, string value, Func<string, string> fieldOf)
        where T : struct, Enum
        => !char.IsDigit(value.FirstOrDefault('0')) && Enum.TryParse<T>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var word)
            ? word
            : throw new ComponentMetadataException(
                fieldOf(name), $"has {name}={value}, which must be one of {string.Join(", ", Enum.GetNames<T>().Select(static known => known.ToLowerInvariant().Replace("verify", "verify-", StringComparison.Ordinal)))}");

    private static string File(string name, string value, Func<string, string> fieldOf, Func<string, string> resolvePath)
    {
        var path = resolvePath(value);
        return System.IO.File.Exists(path) ? path : throw new ComponentMetadataException(fieldOf(name), $"names the file {path} ({name}), which is not there");
    }

    private static int Number(string value) => int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static int Seconds(string value)
        => GoDuration.TryParse(value, out var duration) ? (int)Math.Ceiling(duration.TotalSeconds) : throw new FormatException("no duration");
}
