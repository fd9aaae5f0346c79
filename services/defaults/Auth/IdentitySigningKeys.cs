using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.ServiceDefaults;

/// <summary>The keys that identity publishes, fetched through the sidecar, kept for an hour, and fetched again for a key that is not among them.</summary>
internal sealed class IdentitySigningKeys(IServiceProvider provider, TimeProvider time) : ISigningKeys, IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Tokens with invented key ids must not become a flood of requests to identity.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);

    private readonly Lazy<HttpClient> _identity = new(() => SidecarExtensions.CreateInvokeClient(provider, "identity"));
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile Snapshot _snapshot = new(FrozenDictionary<string, SecurityKey>.Empty, DateTimeOffset.MinValue);

    public async ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var seen = _snapshot;
        var age = time.GetUtcNow() - seen.FetchedAt;
        if (seen.Keys.TryGetValue(keyId, out var key) && age < Lifetime)
        {
            return key;
        }

        if (key is null && age < LeastPause)
        {
            return null;
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (ReferenceEquals(seen, _snapshot))
            {
                _snapshot = await FetchAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (key is not null && exception is HttpRequestException or TimeoutException)
        {
            // Identity is away: a key that was good an hour ago is better than turning every user away.
            return key;
        }
        finally
        {
            _fetching.Release();
        }

        return _snapshot.Keys.GetValueOrDefault(keyId);
    }

    public void Dispose()
    {
        _fetching.Dispose();
        if (_identity.IsValueCreated)
        {
            _identity.Value.Dispose();
        }
    }

    private async Task<Snapshot> FetchAsync(CancellationToken cancellationToken)
    {
        var json = await _identity.Value.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), cancellationToken);
        var keys = new JsonWebKeySet(json).Keys
            .Where(static key => !string.IsNullOrEmpty(key.Kid) && key is { Kty: "EC", Crv: "P-256" })
            .ToFrozenDictionary(static key => key.Kid, ToSecurityKey, StringComparer.Ordinal);
        return new Snapshot(keys, time.GetUtcNow());
    }

    private static SecurityKey ToSecurityKey(JsonWebKey key) => new ECDsaSecurityKey(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
    }))
    {
        KeyId = key.Kid,
    };

    private sealed record Snapshot(FrozenDictionary<string, SecurityKey> Keys, DateTimeOffset FetchedAt);
}
