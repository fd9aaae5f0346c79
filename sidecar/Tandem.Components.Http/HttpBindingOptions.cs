using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http;

/// <summary>The metadata of <c>bindings.http</c>.</summary>
internal sealed record HttpBindingOptions
{
    public required Uri Url { get; init; }

    /// <summary>How long an answer may take; <see langword="null"/> leaves that to the caller.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    public required long MaxResponseBodySize { get; init; }

    public required bool ErrorIfNot2xx { get; init; }

    /// <summary>A header that goes with every request, and its value: a secret.</summary>
    public KeyValuePair<string, string>? SecurityHeader { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Trusted instead of the system's authorities.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public static HttpBindingOptions Parse(ComponentContext context)
    {
        var metadata = context.Metadata;
        if (metadata.GetString("MTLSRenegotiation") is { } renegotiation and not "RenegotiateNever")
        {
            throw new ComponentMetadataException("MTLSRenegotiation", $"can only be RenegotiateNever, not '{renegotiation}': a server may not ask for a certificate later");
        }

        var url = metadata.GetRequiredString("url");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ComponentMetadataException("url", "must be an absolute http or https URL");
        }

        return new HttpBindingOptions
        {
            Url = uri,
            ResponseTimeout = metadata.GetString("responseTimeout") is null ? null : ParseTimeout(metadata),
            MaxResponseBodySize = ByteSize.Parse(metadata, "maxResponseBodySize", 100L << 20) is > 0 and var size ? size : long.MaxValue,
            ErrorIfNot2xx = metadata.GetBool("errorIfNot2XX", defaultValue: true),
            SecurityHeader = ParseSecurityHeader(metadata),
            ClientCertificate = ParseClientCertificate(context),
            Authorities = ParseAuthorities(context),
        };
    }

    private static TimeSpan ParseTimeout(ComponentMetadata metadata)
    {
        var timeout = metadata.GetDuration("responseTimeout", TimeSpan.Zero);
        return timeout > TimeSpan.Zero ? timeout : throw new ComponentMetadataException("responseTimeout", "must be greater than zero");
    }

    private static KeyValuePair<string, string>? ParseSecurityHeader(ComponentMetadata metadata)
        => (metadata.GetString("securityTokenHeader"), metadata.GetString("securityToken")) switch
        {
            (null, null) => null,
            (null, _) => throw new ComponentMetadataException("securityTokenHeader", "is required with securityToken"),
            (_, null) => throw new ComponentMetadataException("securityToken", "is required with securityTokenHeader"),
            var (header, token) => KeyValuePair.Create(header, token),
        };

    private static X509Certificate2? ParseClientCertificate(ComponentContext context)
    {
        var certificate = Pem(context, "MTLSClientCert");
        var key = Pem(context, "MTLSClientKey");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new ComponentMetadataException(certificate is null ? "MTLSClientCert" : "MTLSClientKey", "is required with the other of the two");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException exception)
        {
            throw new ComponentMetadataException("MTLSClientCert", "is no certificate that fits MTLSClientKey", exception);
        }
    }

    private static X509Certificate2Collection? ParseAuthorities(ComponentContext context)
    {
        if (Pem(context, "MTLSRootCA") is not { } pem)
        {
            return null;
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities;
        }
        catch (CryptographicException exception)
        {
            throw new ComponentMetadataException("MTLSRootCA", "holds no certificate", exception);
        }
    }

    /// <summary>The field's PEM: itself, or the content of the file that it names.</summary>
    private static string? Pem(ComponentContext context, string field)
    {
        if (context.Metadata.GetString(field) is not { } text || text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return context.Metadata.GetString(field);
        }

        try
        {
            return File.ReadAllText(context.ResolvePath(text));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentMetadataException(field, "is neither PEM nor a file that can be read", exception);
        }
    }
}
