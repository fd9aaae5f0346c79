using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The Idempotency-Key of a request, for a service that keeps its answers itself because it has no database, such as one of actors. Others say
/// <see cref="IdempotencyExtensions.WithIdempotencyKey"/>.
/// </summary>
public sealed class RequestKey
{
    /// <summary>For how long an answer is kept.</summary>
    public static readonly TimeSpan Lifetime = Idempotency.Lifetime;

    private readonly HttpContext _context;

    private RequestKey(HttpContext context, string id, string request) => (_context, Id, Request) = (context, id, request);

    /// <summary>Stands for the key and whose it is: two users who have the same idea have different ones.</summary>
    public string Id { get; }

    /// <summary>Stands for what is asked with it.</summary>
    public string Request { get; }

    /// <summary>The answer to a key that was used for another request.</summary>
    public static ProblemHttpResult Reused => Problems.Unprocessable(Idempotency.ReusedKey);

    /// <summary>The key of a request, by HTTP or by gRPC.</summary>
    /// <param name="context">The request.</param>
    /// <param name="what">All that the request asks for: another text is another request.</param>
    /// <returns>The key, nothing when the request has none, or what is wrong with it.</returns>
    public static (RequestKey? Key, ProblemHttpResult? Problem) Of(HttpContext context, string what)
    {
        if (!context.Request.Headers.TryGetValue(IdempotencyMiddleware.Header, out var header) || Idempotency.OwnerOf(context.User) is not { } owner)
        {
            return default;
        }

        var text = header.ToString();
        return Idempotency.IsKey(text)
            ? (new RequestKey(context, Hash($"{owner}\n{text}"), Hash(what)), null)
            : (null, Problems.Validation(IdempotencyMiddleware.Header, Idempotency.KeyRule));
    }

    /// <summary>Tells the client that its answer is one that was given before.</summary>
    public void MarkReplayed() => _context.Response.Headers[IdempotencyMiddleware.ReplayedHeader] = "true";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
