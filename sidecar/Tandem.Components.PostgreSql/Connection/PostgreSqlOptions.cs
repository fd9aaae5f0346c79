using System.Globalization;
using Npgsql;
using Tandem.Components.Metadata;

namespace Tandem.Components.PostgreSql.Connection;

/// <summary>The metadata that every PostgreSQL component has: where the server is and how to talk to it.</summary>
internal sealed record PostgreSqlOptions
{
    /// <summary>All sidecars of the process that name the same database share one pool, so it is larger than one sidecar's alone would be.</summary>
    private const int DefaultConnections = 16;

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);

    private static readonly Dictionary<string, bool> ExecModes = new(StringComparer.Ordinal)
    {
        ["cache_statement"] = true,
        ["cache_describe"] = false,
        ["describe_exec"] = false,
        ["exec"] = false,
        ["simple_protocol"] = false,
    };

    /// <summary>Where the server is and how to talk to it, as the driver takes it.</summary>
    public required NpgsqlConnectionStringBuilder Driver { get; init; }

    /// <summary>The name that the server's certificate must have, when it is not the address that is dialled.</summary>
    public string? CertificateHost { get; init; }

    /// <summary>How long one operation may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The metadata field that says a thing of the connection, for messages: <c>password</c> or <c>connectionString</c>.</summary>
    public required Func<string, string> FieldOf { get; init; }

    /// <summary>The server as people know it.</summary>
    public string Address => Driver.Host!.Contains(',', StringComparison.Ordinal) || Driver.Host.StartsWith('/') ? Driver.Host : $"{Driver.Host}:{Driver.Port}";

    public static PostgreSqlOptions Parse(ComponentContext context)
    {
        var metadata = context.Metadata;
        RefuseWhatIsNotThere(metadata);
        var source = metadata.GetString("connectionString") is null && metadata.GetString("url") is not null ? "url" : "connectionString";
        var parameters = ConnectionParameters.Parse(source, metadata.GetString(source) ?? "");
        Rename(parameters, "database", "dbname");
        var fields = Override(metadata, parameters);
        string FieldOf(string parameter) => fields.GetValueOrDefault(parameter, source);

        if (!parameters.ContainsKey("host") && !parameters.ContainsKey("hostaddr"))
        {
            throw new ComponentMetadataException(source, metadata.GetString(source) is null ? "is required (or host)" : "names no host");
        }

        var execMode = metadata.GetString("queryExecMode");
        if (execMode is not null)
        {
            parameters["default_query_exec_mode"] = execMode;
            fields["default_query_exec_mode"] = "queryExecMode";
        }

        var timeout = ParseTimeout(metadata);
        var driver = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = $"tandem {context.Name}",
            MaxPoolSize = DefaultConnections,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            Timeout = (int)Math.Min(Math.Ceiling(timeout.TotalSeconds), 1024),
            // Stores change no settings of a session, and what listens has a connection of its own.
            NoResetOnClose = true,
            IncludeErrorDetail = false,
            KeepAlive = 30,
        };
        var certificateHost = DriverParameters.Apply(parameters, driver, FieldOf, context.ResolvePath, ExecModes);
        driver.CommandTimeout = (int)Math.Ceiling(timeout.TotalSeconds);
        ApplyPool(metadata, driver);
        return new PostgreSqlOptions { Driver = driver, CertificateHost = certificateHost, Timeout = timeout, FieldOf = FieldOf };
    }

    /// <summary>A number of seconds, or a duration; the older name of the field counts as well.</summary>
    internal static TimeSpan GetDuration(ComponentMetadata metadata, string field, string older, TimeSpan defaultValue)
    {
        var name = metadata.GetString(field) is null ? older : field;
        return long.TryParse(metadata.GetString(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, int.MaxValue))
            : metadata.GetDuration(name, defaultValue);
    }

    private static void RefuseWhatIsNotThere(ComponentMetadata metadata)
    {
        foreach (var (field, what) in (ReadOnlySpan<(string, string)>)[("useAzureAD", "Entra ID"), ("useAWSIAM", "AWS IAM")])
        {
            if (metadata.GetBool(field, false))
            {
                throw new ComponentMetadataException(field, $"cannot be true: login by {what} is not supported; use user and password");
            }
        }
    }

    /// <summary>Fields of their own count more than what the connection string says.</summary>
    private static Dictionary<string, string> Override(ComponentMetadata metadata, Dictionary<string, string> parameters)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, parameter) in (ReadOnlySpan<(string, string)>)
            [("host", "host"), ("hostaddr", "hostaddr"), ("port", "port"), ("database", "dbname"), ("user", "user"), ("password", "password"), ("sslRootCert", "sslrootcert")])
        {
            if (metadata.GetString(field) is { } value)
            {
                parameters[parameter] = value;
                fields[parameter] = field;
            }
        }

        return fields;
    }

    private static void Rename(Dictionary<string, string> parameters, string from, string to)
    {
        if (parameters.Remove(from, out var value))
        {
            parameters[to] = value;
        }
    }

    private static TimeSpan ParseTimeout(ComponentMetadata metadata)
    {
        var timeout = GetDuration(metadata, "timeout", "timeoutInSeconds", DefaultTimeout);
        return timeout >= TimeSpan.FromSeconds(1) && timeout.TotalSeconds <= int.MaxValue / 1000
            ? timeout
            : throw new ComponentMetadataException("timeout", "must be 1s or more");
    }

    private static void ApplyPool(ComponentMetadata metadata, NpgsqlConnectionStringBuilder driver)
    {
        if (metadata.GetInt("maxConns", 0) is > 0 and var most)
        {
            driver.MaxPoolSize = most;
        }

        driver.MinPoolSize = Math.Min(driver.MinPoolSize, driver.MaxPoolSize);
        var idle = GetDuration(metadata, "connectionMaxIdleTime", "connMaxIdleTime", TimeSpan.Zero);
        if (idle > TimeSpan.Zero)
        {
            driver.ConnectionIdleLifetime = (int)Math.Max(1, Math.Ceiling(idle.TotalSeconds));
        }

        // The driver looks for idle connections at this pace, and wants it to be no longer than their lifetime.
        if (driver.ConnectionIdleLifetime > 0)
        {
            driver.ConnectionPruningInterval = Math.Min(driver.ConnectionPruningInterval, driver.ConnectionIdleLifetime);
        }
    }
}
