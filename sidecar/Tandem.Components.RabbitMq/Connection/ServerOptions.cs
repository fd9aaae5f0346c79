using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;

namespace Tandem.Components.RabbitMq.Connection;

/// <summary>The metadata that say how to talk to the server.</summary>
internal sealed record ServerOptions
{
    private static readonly TimeSpan MostHeartbeat = TimeSpan.FromSeconds(ushort.MaxValue);

    public required ServerAddress Server { get; init; }

    /// <summary>Trusted instead of the system's authorities.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The certificate that this side shows.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Whether that certificate is the login.</summary>
    public bool SaslExternal { get; init; }

    /// <summary>How often each side says that it is there; zero: never.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two tries to connect.</summary>
    public TimeSpan ReconnectWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What the connection is called in the server's lists.</summary>
    public string? ClientName { get; init; }

    /// <summary>The server as people know it.</summary>
    public string Address => $"{Server.Host}:{Server.Port}";

    public static ServerOptions Parse(ComponentMetadata metadata)
    {
        var options = new ServerOptions
        {
            Server = ServerAddress.Parse(metadata),
            Authorities = ParseAuthorities(metadata),
            ClientCertificate = ParseCertificate(metadata),
            SaslExternal = metadata.GetBool("saslExternal", false),
            Heartbeat = Within(metadata, "heartBeat", TimeSpan.FromSeconds(10), TimeSpan.Zero, MostHeartbeat),
            ReconnectWait = Within(metadata, "reconnectWaitSeconds", TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            ClientName = metadata.GetString("clientName"),
        };
        foreach (var field in (string[])["caCert", "clientCert", "clientKey"])
        {
            if (metadata.GetString(field) is not null && !options.Server.UseTls)
            {
                throw new ComponentMetadataException(field, "needs TLS: the connection must be amqps");
            }

            if (metadata.GetString(field) is null && options.SaslExternal)
            {
                throw new ComponentMetadataException("saslExternal", "needs caCert, clientCert and clientKey beside it");
            }
        }

        return options;
    }

    private static TimeSpan Within(ComponentMetadata metadata, string field, TimeSpan defaultValue, TimeSpan least, TimeSpan most)
    {
        var duration = metadata.GetDuration(field, defaultValue);
        return duration >= least && duration <= most
            ? duration
            : throw new ComponentMetadataException(field, $"must be between {least.TotalSeconds:0.###} s and {most.TotalSeconds:0} s");
    }

    private static X509Certificate2Collection? ParseAuthorities(ComponentMetadata metadata)
    {
        if (metadata.GetString("caCert") is not { } pem)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new ComponentMetadataException("caCert", "must be a certificate in PEM", exception);
        }

        return authorities.Count > 0 ? authorities : throw new ComponentMetadataException("caCert", "must be a certificate in PEM");
    }

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
}
