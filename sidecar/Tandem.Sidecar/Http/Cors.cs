using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tandem.Sidecar.Http;

/// <summary>Lets pages of other origins (<c>--allowed-origins</c>) call the HTTP API.</summary>
internal sealed class Cors
{
    private readonly CorsService _service;
    private readonly CorsPolicy _policy;

    private Cors(string origins, ILoggerFactory loggerFactory)
    {
        _service = new CorsService(Options.Create(new CorsOptions()), loggerFactory);
        var builder = new CorsPolicyBuilder(origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        _policy = builder.WithMethods("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE").AllowAnyHeader().Build();
    }

    /// <summary>Null when no origins are allowed: the API is not for pages then, and nothing is looked at.</summary>
    public static Cors? Create(string? origins, ILoggerFactory loggerFactory) => string.IsNullOrWhiteSpace(origins) ? null : new Cors(origins, loggerFactory);

    /// <summary>Adds what a browser wants to see; answers its question beforehand, which is all there is to that request.</summary>
    /// <returns>Whether the request is answered.</returns>
    public bool TryAnswer(HttpContext http)
    {
        if (http.Request.Headers.Origin.Count == 0)
        {
            return false;
        }

        var result = _service.EvaluatePolicy(http, _policy);
        _service.ApplyResult(result, http.Response);
        if (result.IsPreflightRequest)
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
        }

        return result.IsPreflightRequest;
    }
}
