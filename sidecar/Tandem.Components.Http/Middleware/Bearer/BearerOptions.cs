using Tandem.Components.Metadata;

namespace Tandem.Components.Http.Middleware.Bearer;

/// <summary>What tokens must say, and where the keys are that sign them.</summary>
/// <param name="JwksUrl">Where the keys are; <see langword="null"/> asks the issuer's discovery document.</param>
internal sealed record BearerOptions(string Issuer, string Audience, Uri? JwksUrl)
{
    public static BearerOptions Parse(ComponentMetadata metadata)
    {
        var issuer = metadata.GetString("issuer") ?? metadata.GetString("issuerURL") ?? metadata.GetRequiredString("issuer");
        var audience = metadata.GetString("audience") ?? metadata.GetString("clientID") ?? metadata.GetRequiredString("audience");
        var jwksUrl = metadata.GetString("jwksURL") is { } text ? ReadUrl("jwksURL", text) : null;
        if (jwksUrl is null)
        {
            ReadUrl("issuer", issuer);
        }

        return new BearerOptions(issuer, audience, jwksUrl);
    }

    /// <summary>The issuer's discovery document.</summary>
    public Uri DiscoveryUrl => new($"{Issuer.TrimEnd('/')}/.well-known/openid-configuration");

    private static Uri ReadUrl(string field, string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new ComponentMetadataException(field, $"must be an http or https URL, not '{text}'");
}
