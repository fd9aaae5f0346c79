using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.Components.Http.Middleware.Bearer;

/// <summary>
/// An issuer's signing keys. They are fetched at the start, then again in the background when they are old, and at once when a token names
/// a key that is not among them (but not more often than every few seconds, whatever tokens callers make up).
/// </summary>
internal sealed partial class SigningKeys(BearerOptions options, HttpClient http, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PauseForUnknownKeys = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile IReadOnlyList<SecurityKey> _keys = [];
    private Uri? _url = options.JwksUrl;
    private long _triedAt = timeProvider.GetTimestamp();
    private Task _refresh = Task.CompletedTask;

    /// <summary>The keys as they are known; old ones are looked after in the background.</summary>
    public IReadOnlyList<SecurityKey> Current
    {
        get
        {
            if (timeProvider.GetElapsedTime(Volatile.Read(ref _triedAt)) >= Fresh)
            {
                _ = RefreshAsync(Fresh);
            }

            return _keys;
        }
    }

    /// <summary>The keys after another look, unless the last one was a moment ago.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> LookAgainAsync()
    {
        await RefreshAsync(PauseForUnknownKeys).ConfigureAwait(false);
        return _keys;
    }

    /// <summary>Fetches the keys.</summary>
    /// <exception cref="InvalidOperationException">What was found is of no use; the message says why.</exception>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        _url ??= await DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var text = await ReadAsync(_url, cancellationToken).ConfigureAwait(false);
        try
        {
            // A key set is public: what could also be used to sign tokens has no place in it.
            SecurityKey[] keys = [.. new JsonWebKeySet(text).GetSigningKeys().Where(static key => key is not SymmetricSecurityKey)];
            _keys = keys.Length > 0 ? keys : throw new InvalidOperationException($"{_url} holds no key that signs tokens");
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException($"{_url} is no JSON Web Key Set", exception);
        }
    }

    /// <summary>One refresh at a time, for all who ask for one.</summary>
    private Task RefreshAsync(TimeSpan unlessWithin)
    {
        lock (_lock)
        {
            if (_refresh.IsCompleted && timeProvider.GetElapsedTime(_triedAt) >= unlessWithin)
            {
                // A failure counts as well: an issuer that is down is not asked for each request.
                _triedAt = timeProvider.GetTimestamp();
                _refresh = TryFetchAsync();
            }

            return _refresh;
        }
    }

    private async Task TryFetchAsync()
    {
        try
        {
            await FetchAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            Log.NotRefreshed(logger, exception.Message);
        }
    }

    private async Task<Uri> DiscoverAsync(CancellationToken cancellationToken)
    {
        var text = await ReadAsync(options.DiscoveryUrl, cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(text);
            var issuer = document.RootElement.GetProperty("issuer").GetString();
            if (issuer != options.Issuer)
            {
                throw new InvalidOperationException($"{options.DiscoveryUrl} is the document of issuer '{issuer}', not of '{options.Issuer}'");
            }

            return new Uri(document.RootElement.GetProperty("jwks_uri").GetString()!, UriKind.Absolute);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or UriFormatException or ArgumentNullException)
        {
            throw new InvalidOperationException($"{options.DiscoveryUrl} is no discovery document with issuer and jwks_uri", exception);
        }
    }

    private async Task<string> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetStringAsync(url, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new InvalidOperationException($"{url} cannot be read: {exception.Message}", exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3601, LogLevel.Warning, "the signing keys were not refreshed, those known before stay: {Reason}")]
        public static partial void NotRefreshed(ILogger logger, string reason);
    }
}
