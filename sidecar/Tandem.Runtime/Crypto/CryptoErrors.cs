using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Crypto;

/// <summary>Every error of the cryptography building block, with Dapr's code and status.</summary>
internal static class CryptoErrors
{
    public static DaprError NotConfigured { get; } = new(500, "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", "crypto providers not configured");

    public static DaprError NotFound(string name) => new(400, "ERR_CRYPTO_PROVIDER_NOT_FOUND", $"crypto provider {name} not found");

    public static DaprError BadRequest(string reason) => new(400, "ERR_BAD_REQUEST", $"invalid request: {reason}");

    public static DaprError Operation(string reason) => new(500, "ERR_CRYPTO", $"failed to perform operation: {reason}");
}
