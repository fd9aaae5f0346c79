namespace Tandem.Runtime.Resources;

/// <summary>Reads HTTPEndpoint resources.</summary>
internal static class HttpEndpointReader
{
    private static readonly string[] Renegotiations = ["RenegotiateNever", "RenegotiateOnceAsClient", "RenegotiateFreelyAsClient"];

    public static HttpEndpointResource Read(YamlMap document)
    {
        var spec = document.RequireMap("spec");
        var baseUrl = spec.RequireString("baseUrl");
        if (baseUrl.Length > 0 && !(Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            spec.Fault("baseUrl", $"must be an http or https URL, not '{baseUrl}'");
        }

        var tls = spec.GetMap("clientTLS");
        if (tls?.GetString("renegotiation") is { Length: > 0 } renegotiation && !Renegotiations.Contains(renegotiation))
        {
            tls.Fault("renegotiation", $"must be {string.Join(", ", Renegotiations)}, not '{renegotiation}'");
        }

        var certificate = ReadPem(tls, "certificate");
        var key = ReadPem(tls, "privateKey");
        if ((certificate is null) != (key is null))
        {
            tls!.Fault(key is null ? "privateKey" : "certificate", $"is required where there is a {(key is null ? "certificate" : "privateKey")}");
        }

        return new HttpEndpointResource
        {
            Id = document.Resource,
            BaseUrl = baseUrl.TrimEnd('/'),
            Headers = [.. spec.GetMaps("headers").Select(ComponentReader.ReadEntry)],
            RootCertificate = ReadPem(tls, "rootCA"),
            Certificate = certificate,
            PrivateKey = key,
            SecretStore = ComponentReader.ReadSecretStore(document, spec),
            Scopes = document.GetStrings("scopes"),
        };
    }

    private static MetadataEntry? ReadPem(YamlMap? tls, string name) => tls?.GetMap(name) is { } map ? ComponentReader.ReadValue(map, $"spec.clientTLS.{name}") : null;
}
