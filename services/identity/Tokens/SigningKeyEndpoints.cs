using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>The public keys, for everybody who checks tokens.</summary>
internal static class SigningKeyEndpoints
{
    /// <summary>Adds the keys. This service checks tokens with them directly, and does not ask itself over the network.</summary>
    public static IServiceCollection AddSigningKeys(this IServiceCollection services)
    {
        services.AddOptions<KeyOptions>().Configure<IConfiguration>(KeyOptions.Read).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<KeySecret>()
            .AddSingleton<KeyRing>()
            .AddSingleton<ISigningKeys>(static provider => provider.GetRequiredService<KeyRing>())
            .AddSingleton<IDatabaseSeed>(static provider => provider.GetRequiredService<KeyRing>())
            .AddSingleton<AccessTokens>()
            .AddHostedService<KeyRotation>();
    }

    public static void MapSigningKeys(this IEndpointRouteBuilder routes)
        => routes.MapGet("/.well-known/jwks.json", static (KeyRing keys, HttpResponse response) =>
            {
                response.Headers.CacheControl = "public, max-age=300";
                return TypedResults.Ok(new KeySet(keys.Published));
            })
            .WithTags("Auth")
            .AllowAnonymous()
            .Describe("The public keys that access tokens are checked with");

    /// <summary>A JSON Web Key Set.</summary>
    internal sealed record KeySet(IReadOnlyList<PublicKey> Keys);
}
