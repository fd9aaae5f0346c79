namespace Tandem.Runtime.Resources;

/// <summary>An HTTPEndpoint.</summary>
public sealed record HttpEndpointResource
{
    /// <summary>Where it stands.</summary>
    public required ResourceId Id { get; init; }

    /// <summary>Where it is reached, without a slash at the end.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>What is added to each request.</summary>
    public IReadOnlyList<MetadataEntry> Headers { get; init; } = [];

    /// <summary>The PEM of the authority that the endpoint's certificate is checked against; <see langword="null"/> for the machine's.</summary>
    public MetadataEntry? RootCertificate { get; init; }

    /// <summary>The PEM of the certificate that is shown to the endpoint.</summary>
    public MetadataEntry? Certificate { get; init; }

    /// <summary>The PEM of that certificate's key.</summary>
    public MetadataEntry? PrivateKey { get; init; }

    /// <summary>The secret store that references read from.</summary>
    public string? SecretStore { get; init; }

    /// <summary>The apps that see it; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}
