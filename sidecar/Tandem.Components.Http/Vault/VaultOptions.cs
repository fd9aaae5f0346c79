using System.Security.Cryptography.X509Certificates;
using Tandem.Components.Http.Tls;
using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Vault;

/// <summary>The metadata of <c>secretstores.hashicorp.vault</c>.</summary>
internal sealed record VaultOptions
{
    public required Uri Address { get; init; }

    /// <summary>The token itself, a secret; <see langword="null"/> where a file holds it.</summary>
    public string? Token { get; init; }

    /// <summary>The file that holds the token; it is read for each request, as Vault's agent puts a new one there before the old one ends.</summary>
    public string? TokenPath { get; init; }

    public required string EnginePath { get; init; }

    /// <summary>What is put before each name; empty for nothing.</summary>
    public required string Prefix { get; init; }

    /// <summary>Vault's namespace, where it has some.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether a secret is one text: the JSON that is kept under its name.</summary>
    public bool IsText { get; init; }

    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipVerify { get; init; }

    public string? ServerName { get; init; }

    public static VaultOptions Parse(ComponentContext context)
    {
        var metadata = context.Metadata;
        var address = metadata.GetString("vaultAddr") ?? "https://127.0.0.1:8200";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", Query: "", UserInfo: "" })
        {
            throw new ComponentMetadataException("vaultAddr", $"must be an http or https URL, not '{address}'");
        }

        var token = metadata.GetString("vaultToken");
        var path = metadata.GetString("vaultTokenMountPath") is { } given ? context.ResolvePath(given) : null;
        if ((token is null) == (path is null))
        {
            throw new ComponentMetadataException("vaultToken", token is null ? "or vaultTokenMountPath is required" : "cannot be set beside vaultTokenMountPath");
        }

        if (path is not null)
        {
            TrustedHandler.ReadFile("vaultTokenMountPath", path);
        }

        return new VaultOptions
        {
            Address = uri,
            Token = token,
            TokenPath = path,
            EnginePath = (metadata.GetString("enginePath") ?? "secret").Trim('/'),
            Prefix = metadata.GetBool("vaultKVUsePrefix", true) ? (metadata.GetString("vaultKVPrefix") ?? "dapr").Trim('/') : "",
            Namespace = metadata.GetString("vaultNamespace"),
            IsText = metadata.GetString("vaultValueType") switch
            {
                null or "map" => false,
                "text" => true,
                var type => throw new ComponentMetadataException("vaultValueType", $"must be map or text, not '{type}'"),
            },
            Authorities = ParseAuthorities(context),
            SkipVerify = metadata.GetBool("skipVerify", false),
            ServerName = metadata.GetString("tlsServerName"),
        };
    }

    /// <summary>As in Dapr, the text goes before the folder, and the folder before the file.</summary>
    private static X509Certificate2Collection? ParseAuthorities(ComponentContext context)
    {
        if (context.Metadata.GetString("caPem") is { } pem)
        {
            return TrustedHandler.ReadAuthorities("caPem", pem);
        }

        if (context.Metadata.GetString("caPath") is { } folder)
        {
            var path = context.ResolvePath(folder);
            return Directory.Exists(path)
                ? TrustedHandler.ReadAuthorities("caPath", string.Join('\n', Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(static file => TrustedHandler.ReadFile("caPath", file))))
                : throw new ComponentMetadataException("caPath", $"names no folder: {path}");
        }

        return context.Metadata.GetString("caCert") is { } file
            ? TrustedHandler.ReadAuthorities("caCert", TrustedHandler.ReadFile("caCert", context.ResolvePath(file)))
            : null;
    }
}
