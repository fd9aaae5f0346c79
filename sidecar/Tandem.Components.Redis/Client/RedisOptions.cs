using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;

namespace Tandem.Components.Redis.Client;

/// <summary>The metadata that every Redis component has: where the server is and how to talk to it.</summary>
internal sealed record RedisOptions
{
    private const int DefaultPort = 6379;

    public required string Host { get; init; }

    public required int Port { get; init; }

    public int Database { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public bool EnableTls { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>The certificate that this side shows.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a reply may take; infinite for no limit.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public int MaxRetries { get; init; } = 3;

    public TimeSpan MinRetryInterval { get; init; } = TimeSpan.FromMilliseconds(8);

    public TimeSpan MaxRetryInterval { get; init; } = TimeSpan.FromMilliseconds(512);

    /// <summary>How many connections the commands share.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>The server as people know it.</summary>
    public string Address => $"{Host}:{Port}";

    public static RedisOptions Parse(ComponentMetadata metadata, TimeSpan? maxRetryInterval = null)
    {
        RefuseWhatIsNotThere(metadata);
        var (host, port) = ParseAddress(metadata);
        var readTimeout = OrDefault(metadata.GetTime("readTimeout", TimeSpan.Zero), TimeSpan.FromSeconds(3));
        var options = new RedisOptions
        {
            Host = host,
            Port = port,
            Database = metadata.GetNumber("redisDB", 0, least: 0),
            Username = metadata.GetString("redisUsername"),
            Password = metadata.GetString("redisPassword"),
            EnableTls = metadata.GetBool("enableTLS", false),
            SkipTlsVerify = metadata.GetBool("insecureSkipTLSVerify", false),
            ClientCertificate = ParseCertificate(metadata),
            DialTimeout = OrDefault(metadata.GetTime("dialTimeout", TimeSpan.Zero), TimeSpan.FromSeconds(5)),
            ReadTimeout = readTimeout,
            MaxRetries = ParseRetries(metadata),
            MinRetryInterval = metadata.GetTime("redisMinRetryInterval", TimeSpan.FromMilliseconds(8)),
            MaxRetryInterval = metadata.GetTime("redisMaxRetryInterval", metadata.GetTime("maxRetryBackoff", maxRetryInterval ?? TimeSpan.FromMilliseconds(512))),
            Connections = Math.Max(1, metadata.GetNumber("poolSize", 1, least: 0)),
        };
        CheckOthers(metadata);
        return options.Username is not null && options.Password is null
            ? throw new ComponentMetadataException("redisUsername", "needs redisPassword beside it")
            : options;
    }

    /// <summary>How long to wait before another try, growing with each.</summary>
    public TimeSpan DelayBefore(int attempt)
    {
        if (MinRetryInterval <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var most = Math.Max(MinRetryInterval.TotalMilliseconds, MaxRetryInterval.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Min(MinRetryInterval.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)), most));
    }

    private static void RefuseWhatIsNotThere(ComponentMetadata metadata)
    {
        if (metadata.GetString("redisType") is { } type && !type.Equals("node", StringComparison.OrdinalIgnoreCase))
        {
            throw new ComponentMetadataException("redisType", type.Equals("cluster", StringComparison.OrdinalIgnoreCase)
                ? "cannot be 'cluster': these components talk to one node"
                : $"must be node, not '{type}'");
        }

        metadata.RefuseSwitch("failover", "Redis Sentinel is not supported; name the node itself in redisHost");
        metadata.RefuseSwitch("useOIDC", "login by OIDC is not supported; use redisUsername and redisPassword");
        metadata.RefuseSwitch("useEntraID", "login by Entra ID is not supported; use redisUsername and redisPassword");
        metadata.RefuseSwitch("useAzureAD", "login by Entra ID is not supported; use redisUsername and redisPassword");
    }

    /// <summary>Fields that only a pool of connections for one command each needs: what they say is checked, and has no effect.</summary>
    private static void CheckOthers(ComponentMetadata metadata)
    {
        foreach (var field in (string[])["writeTimeout", "poolTimeout", "maxConnAge", "idleTimeout", "idleCheckFrequency"])
        {
            metadata.GetTime(field, TimeSpan.Zero);
        }

        metadata.GetNumber("minIdleConns", 0, least: 0);
    }

    private static (string Host, int Port) ParseAddress(ComponentMetadata metadata)
    {
        var address = metadata.GetRequiredString("redisHost").Trim();
        if (address.Contains(',', StringComparison.Ordinal))
        {
            throw new ComponentMetadataException("redisHost", "must name one node: clusters and Sentinel are not supported");
        }

        int? named = metadata.GetString("redisPort") is { } text ? ParsePort("redisPort", text) : null;
        var colon = address.LastIndexOf(':');
        if (colon < 0 || address.EndsWith(']') || address.AsSpan(0, colon).Contains(':') && !address.StartsWith('['))
        {
            return (address.Trim('[', ']'), named ?? DefaultPort);
        }

        var host = address[..colon].Trim('[', ']');
        var port = ParsePort("redisHost", address[(colon + 1)..]);
        if (host.Length == 0)
        {
            throw new ComponentMetadataException("redisHost", $"must be a host and a port such as localhost:6379, not '{address}'");
        }

        return named is null || named == port
            ? (host, port)
            : throw new ComponentMetadataException("redisPort", $"says {named} where redisHost says {port}");
    }

    private static int ParsePort(string field, string text)
        => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new ComponentMetadataException(field, $"must have a port between 1 and 65535, not '{text}'");

    private static X509Certificate2? ParseCertificate(ComponentMetadata metadata)
    {
        var certificate = metadata.GetString("clientCert");
        var key = metadata.GetString("clientKey");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new ComponentMetadataException(certificate is null ? "clientCert" : "clientKey", $"is required beside {(certificate is null ? "clientKey" : "clientCert")}");
        }

        try
        {
            using var parsed = X509Certificate2.CreateFromPem(certificate, key);
            // TLS does not take a key that lives in the object alone on every platform; one that went through PKCS#12 it does.
            return X509CertificateLoader.LoadPkcs12(parsed.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ComponentMetadataException("clientCert", "and clientKey must be a certificate and its key in PEM", exception);
        }
    }

    private static int ParseRetries(ComponentMetadata metadata)
    {
        var retries = metadata.GetNumber("redisMaxRetries", metadata.GetNumber("maxRetries", 3, least: -1), least: -1);
        return retries switch { -1 => 0, 0 => 3, _ => retries };
    }

    private static TimeSpan OrDefault(TimeSpan given, TimeSpan defaultValue) => given == TimeSpan.Zero ? defaultValue : given;
}
