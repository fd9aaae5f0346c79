using Microsoft.IdentityModel.Tokens;

namespace Tandem.ServiceDefaults;

/// <summary>The public keys that user tokens may be signed with.</summary>
public interface ISigningKeys
{
    /// <summary>The key of this id, or nothing when the issuer has no such key.</summary>
    /// <exception cref="HttpRequestException">The issuer cannot be asked, and the key is not known from before.</exception>
    ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}
