using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;

namespace Tandem.Components.Kafka.Client;

/// <summary>How this side shows who it is, and how it knows the brokers: what <c>authType</c> and the fields beside it say.</summary>
/// <param name="Settings">The same in the client's words.</param>
/// <param name="SecretField">The field to look at when the brokers do not let this side in.</param>
internal sealed record KafkaSecurity(IReadOnlyDictionary<string, string> Settings, string SecretField)
{
    private const string AuthType = "authType";

    public static KafkaSecurity Parse(ComponentMetadata metadata)
    {
        var type = ParseType(metadata);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var isEncrypted = type is not "none" && !metadata.GetBool("disableTls", false);
        if (isEncrypted)
        {
            AddTls(settings, metadata);
        }

        if (type is "mtls")
        {
            AddCertificate(settings, metadata, isEncrypted);
        }

        if (type is "certificate" && metadata.GetString("caCert") is null)
        {
            throw new ComponentMetadataException("caCert", "is required for authType 'certificate'");
        }

        if (type is "password")
        {
            AddPassword(settings, metadata);
        }

        settings["security.protocol"] = (type is "password", isEncrypted) switch
        {
            (true, true) => "sasl_ssl",
            (true, false) => "sasl_plaintext",
            (false, true) => "ssl",
            _ => "plaintext",
        };
        return new KafkaSecurity(settings, type switch { "password" => "saslPassword", "mtls" => "clientCert", _ => AuthType });
    }

    private static string ParseType(ComponentMetadata metadata)
    {
        var type = (metadata.GetString(AuthType) ?? ParseOldType(metadata))?.Trim().ToUpperInvariant();
        return type switch
        {
            "NONE" => "none",
            "PASSWORD" => "password",
            "MTLS" => "mtls",
            "CERTIFICATE" => "certificate",
            "OIDC" or "OIDC_PRIVATE_KEY_JWT" => throw new ComponentMetadataException(AuthType, $"cannot be '{metadata.GetString(AuthType)}': login by OIDC is not supported; use password, mtls or certificate"),
            "AWSIAM" => throw new ComponentMetadataException(AuthType, "cannot be 'awsiam': login by AWS IAM is not supported; use password (SCRAM) or mtls"),
            null => throw new ComponentMetadataException(AuthType, "is required: none, password, mtls or certificate"),
            _ => throw new ComponentMetadataException(AuthType, $"must be none, password, mtls or certificate, not '{metadata.GetString(AuthType)}'"),
        };
    }

    /// <summary>What <c>authRequired</c> said before there was <c>authType</c>.</summary>
    private static string? ParseOldType(ComponentMetadata metadata) => metadata.GetString("authRequired") is null ? null
        : !metadata.GetBool("authRequired", false) ? "none"
        : metadata.GetString("saslPassword") is null ? "mtls" : "password";

    private static void AddTls(Dictionary<string, string> settings, ComponentMetadata metadata)
    {
        if (metadata.GetString("caCert") is { } authority)
        {
            settings["ssl.ca.pem"] = Check("caCert", authority, static pem => X509Certificate2.CreateFromPem(pem));
        }

        var verifies = !metadata.GetBool("skipVerify", false);
        settings["enable.ssl.certificate.verification"] = verifies ? "true" : "false";
        settings["ssl.endpoint.identification.algorithm"] = verifies ? "https" : "none";
    }

    private static void AddCertificate(Dictionary<string, string> settings, ComponentMetadata metadata, bool isEncrypted)
    {
        if (!isEncrypted)
        {
            throw new ComponentMetadataException("disableTls", "cannot be true for authType 'mtls', which needs TLS");
        }

        var certificate = metadata.GetString("clientCert");
        var key = metadata.GetString("clientKey");
        if (certificate is null || key is null)
        {
            throw new ComponentMetadataException(certificate is null ? "clientCert" : "clientKey", "is required for authType 'mtls'");
        }

        settings["ssl.certificate.pem"] = Check("clientCert", certificate, static pem => X509Certificate2.CreateFromPem(pem));
        settings["ssl.key.pem"] = Check("clientKey", key, pem => X509Certificate2.CreateFromPem(certificate, pem));
    }

    private static void AddPassword(Dictionary<string, string> settings, ComponentMetadata metadata)
    {
        settings["sasl.username"] = metadata.GetString("saslUsername") ?? throw new ComponentMetadataException("saslUsername", "is required for authType 'password'");
        settings["sasl.password"] = metadata.GetString("saslPassword") ?? throw new ComponentMetadataException("saslPassword", "is required for authType 'password'");
        settings["sasl.mechanism"] = metadata.GetWord(
            "saslMechanism", "PLAIN", ("PLAINTEXT", "PLAIN"), ("PLAIN", "PLAIN"), ("SHA-256", "SCRAM-SHA-256"), ("SHA-512", "SCRAM-SHA-512"), ("SCRAM-SHA-256", "SCRAM-SHA-256"), ("SCRAM-SHA-512", "SCRAM-SHA-512"));
    }

    private static string Check(string field, string pem, Func<string, X509Certificate2> read)
    {
        try
        {
            using var certificate = read(pem);
            return pem;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Not the exception's own words: they may show a part of a key.
            throw new ComponentMetadataException(field, field is "clientKey" ? "must be the private key of clientCert, in PEM" : "must be a certificate in PEM");
        }
    }
}
