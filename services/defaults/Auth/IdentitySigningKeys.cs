using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The keys that identity publishes, fetched through the sidecar, kept for five minutes, and fetched again for a key that is not among them. A
/// key that identity has taken back is refused here five minutes later at the latest.
/// </summary>
internal sealed class IdentitySigningKeys(IServiceProvider provider, TimeProvider time) : ISigningKeys, IDisposable
{
    /// <summary>As long as identity says that its answer may be kept.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Tokens with invented key ids must not become a flood of requests to identity.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);

    /// <summary>Nor must those that come while it is away.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Identity is away: until then a key that was good is better than turning every user away.</summary>
    private static readonly TimeSpan LongestUnconfirmed = TimeSpan.FromHours(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lazy<HttpClient> _identity = new(() => SidecarExtensions.CreateInvokeClient(provider, "identity"));
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile Snapshot _snapshot = new(FrozenDictionary<string, SecurityKey>.Empty, DateTimeOffset.MinValue, DateTimeOffset.MinValue, Failure: null);

    public async ValueTask<SecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var seen = _snapshot;
        if (!IsWorthAsking(seen, keyId))
        {
            return Answer(seen, keyId);
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (ReferenceEquals(seen, _snapshot))
            {
                _snapshot = await FetchAsync(seen);
            }
        }
        finally
        {
            _fetching.Release();
        }

        return Answer(_snapshot, keyId);
    }

    public void Dispose()
    {
        _fetching.Dispose();
        if (_identity.IsValueCreated)
        {
            _identity.Value.Dispose();
        }
    }

    private bool IsWorthAsking(Snapshot seen, string keyId)
    {
        var now = time.GetUtcNow();
        var isGood = seen.Keys.ContainsKey(keyId) && now - seen.FetchedAt < Lifetime;
        return !isGood && now - seen.AskedAt >= (seen.Failure is null ? LeastPause : PauseAfterFailure);
    }

    private SecurityKey? Answer(Snapshot snapshot, string keyId)
    {
        var age = time.GetUtcNow() - snapshot.FetchedAt;
        return snapshot.Keys.TryGetValue(keyId, out var key) && age < (snapshot.Failure is null ? Lifetime : LongestUnconfirmed) ? key
            : snapshot.Failure is null ? null
            : throw new HttpRequestException("Identity gave no keys.", snapshot.Failure);
    }

    /// <summary>For everybody who waits, so not with the patience of the one who asked first.</summary>
    private async Task<Snapshot> FetchAsync(Snapshot before)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var json = await _identity.Value.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), patience.Token);
            var keys = new JsonWebKeySet(json).Keys
                .Where(static key => !string.IsNullOrEmpty(key.Kid) && key is { Kty: "EC", Crv: "P-256" })
                .ToFrozenDictionary(static key => key.Kid, ToSecurityKey, StringComparer.Ordinal);
            var now = time.GetUtcNow();
            return new Snapshot(keys, now, now, Failure: null);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or TimeoutException or ArgumentException or FormatException or CryptographicException)
        {
            return before with { AskedAt = time.GetUtcNow(), Failure = exception };
        }
    }

    private static SecurityKey ToSecurityKey(JsonWebKey key) => new ECDsaSecurityKey(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
    }))
    {
        KeyId = key.Kid,
    };

    /// <param name="Keys">The keys by their ids.</param>
    /// <param name="FetchedAt">When identity gave them.</param>
    /// <param name="AskedAt">When identity was asked last, whatever it said.</param>
    /// <param name="Failure">Why it gave none the last time.</param>
    private sealed record Snapshot(FrozenDictionary<string, SecurityKey> Keys, DateTimeOffset FetchedAt, DateTimeOffset AskedAt, Exception? Failure);
}
