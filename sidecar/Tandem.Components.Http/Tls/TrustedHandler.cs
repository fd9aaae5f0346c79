using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Tls;

/// <summary>Handlers that trust whom the component says.</summary>
internal static class TrustedHandler
{
    /// <param name="authorities">Trusted instead of the system's authorities.</param>
    /// <param name="skipVerify">Whether any certificate will do.</param>
    public static SocketsHttpHandler Create(X509Certificate2Collection? authorities = null, bool skipVerify = false)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (skipVerify)
        {
#pragma warning disable CA5359 // Only where the component says so.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return handler;
    }

    /// <summary>The certificates in a text.</summary>
    /// <exception cref="ComponentMetadataException">There is none.</exception>
    public static X509Certificate2Collection ReadAuthorities(string field, string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new ComponentMetadataException(field, "holds no certificate", exception);
        }

        return authorities.Count > 0 ? authorities : throw new ComponentMetadataException(field, "holds no certificate");
    }

    /// <summary>The content of a file that a field names.</summary>
    public static string ReadFile(string field, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ComponentMetadataException(field, $"names a file that cannot be read: {path}", exception);
        }
    }
}
