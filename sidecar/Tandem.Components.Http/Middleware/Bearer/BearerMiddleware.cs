using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.Components.Metadata;
using Tandem.Components.Middleware;

namespace Tandem.Components.Http.Middleware.Bearer;

/// <summary><c>middleware.http.bearer</c>: only requests with a JSON Web Token of the issuer, for the audience, pass.</summary>
internal sealed class BearerMiddleware : IMiddleware, IInitializable, IDisposable
{
    private const string Prefix = "Bearer ";
    private const int LongestToken = 64 * 1024;
    private const int LargestDocument = 1024 * 1024;

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = LongestToken };
    private readonly HttpClient _http;
    private readonly SigningKeys _keys;
    private readonly TokenValidationParameters _parameters;
    private readonly TimeProvider _timeProvider;

    public BearerMiddleware(BearerOptions options, HttpMessageHandler handler, TimeProvider timeProvider, ILogger<BearerMiddleware> logger)
    {
        _http = new HttpClient(handler) { Timeout = LongestFetch, MaxResponseContentBufferSize = LargestDocument };
        _keys = new SigningKeys(options, _http, timeProvider, logger);
        _timeProvider = timeProvider;
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
            LifetimeValidator = IsOfNow,
        };
    }

    public static BearerMiddleware Create(ComponentContext context)
        => new(BearerOptions.Parse(context.Metadata), new SocketsHttpHandler(), context.TimeProvider, context.LoggerFactory.CreateLogger<BearerMiddleware>());

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keys.FetchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception)
        {
            throw new ComponentMetadataException("jwksURL", $"(or what issuer leads to) gives no keys: {exception.Message}", exception);
        }
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, "Bearer", "a bearer token is required").ConfigureAwait(false);
            return;
        }

        var token = header[Prefix.Length..].Trim();
        var result = Validate(token, _keys.Current);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            result = Validate(token, await _keys.LookAgainAsync().ConfigureAwait(false));
        }

        if (result.IsValid)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var reason = Explain(result.Exception);
        await RefuseAsync(context, $"Bearer error=\"invalid_token\", error_description=\"{reason}\"", reason).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private TokenValidationResult Validate(string token, IReadOnlyList<SecurityKey> keys)
    {
        var parameters = _parameters.Clone();
        parameters.IssuerSigningKeys = keys;
        return _handler.ValidateToken(token, parameters);
    }

    private bool IsOfNow(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime;
        return !(notBefore > now + Skew) && !(expires < now - Skew);
    }

    private static Task RefuseAsync(HttpContext context, string challenge, string reason)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return PlainAnswer.WriteAsync(context, StatusCodes.Status401Unauthorized, reason);
    }

    /// <summary>What is wrong with the token, without a word of what it holds.</summary>
    private static string Explain(Exception? exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException => "the token is not valid at this time",
        SecurityTokenInvalidIssuerException => "the token is of another issuer",
        SecurityTokenInvalidAudienceException => "the token is for another audience",
        SecurityTokenInvalidAlgorithmException => "the token's algorithm is not accepted",
        SecurityTokenInvalidSignatureException => "the token's signature is wrong",
        _ => "the token cannot be read",
    };
}
