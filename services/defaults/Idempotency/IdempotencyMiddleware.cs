using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>Gives a repeated request the answer that it had.</summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next)
{
    internal const string Header = "Idempotency-Key";
    internal const string ReplayedHeader = "Idempotency-Replayed";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is null
            || !context.Request.Headers.TryGetValue(Header, out var header)
            || Idempotency.OwnerOf(context.User) is not { } owner)
        {
            return next(context);
        }

        var key = header.ToString();
        return Idempotency.IsKey(key)
            ? HandleAsync(context, owner, key)
            : Problems.Validation(Header, Idempotency.KeyRule).ExecuteAsync(context);
    }

    private async Task HandleAsync(HttpContext context, string owner, string keyText)
    {
        var services = context.RequestServices;
        var database = services.GetRequiredService<Database>();
        var idempotency = services.GetRequiredService<Idempotency>();
        var key = new Idempotency.IdempotencyKey(owner, keyText, await HashAsync(context.Request, context.RequestAborted));

        using var turn = await services.GetRequiredService<KeyedLocks>().AcquireAsync((owner, keyText), context.RequestAborted);
        if (await TryReplayAsync(context, database, idempotency, key))
        {
            return;
        }

        idempotency.Key = key;
        try
        {
            await RunAsync(context, database, idempotency, key);
        }
        catch (DbException exception) when (database.IsUniqueViolation(exception) && !context.Response.HasStarted)
        {
            // Another instance of this service had the same request at the same time and was first; its answer stands.
            if (!await TryReplayAsync(context, database, idempotency, key))
            {
                throw;
            }
        }
    }

    private async Task RunAsync(HttpContext context, Database database, Idempotency idempotency, Idempotency.IdempotencyKey key)
    {
        var response = context.Response;
        var wire = response.Body;
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = wire;
        }

        if (response.StatusCode is >= 200 and < 300 && !idempotency.IsRemembered)
        {
            var location = response.Headers.Location.Count > 0 ? response.Headers.Location.ToString() : null;
            var answer = new Idempotency.StoredAnswer(response.StatusCode, location, response.ContentType, buffer.ToArray());
            await database.WriteAsync(tx => idempotency.SaveAsync(tx, key, answer, CancellationToken.None), CancellationToken.None);
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(wire, context.RequestAborted);
    }

    private static async Task<bool> TryReplayAsync(HttpContext context, Database database, Idempotency idempotency, Idempotency.IdempotencyKey key)
    {
        if (await idempotency.FindAsync(database, key, context.RequestAborted) is not { } stored)
        {
            return false;
        }

        if (!string.Equals(stored.RequestHash, key.RequestHash, StringComparison.Ordinal))
        {
            await Problems.Unprocessable(Idempotency.ReusedKey).ExecuteAsync(context);
            return true;
        }

        var (status, location, contentType, body) = stored.Answer;
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers[ReplayedHeader] = "true";
        if (location is not null)
        {
            context.Response.Headers.Location = location;
        }

        if (body is { Length: > 0 })
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }

        return true;
    }

    /// <summary>Two requests are the same when method, path and body are.</summary>
    private static async Task<string> HashAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value?.TrimEnd('/')}\n"));
        var chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            hash.AppendData(chunk, 0, read);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>On endpoints whose keys this middleware honours.</summary>
    internal sealed class Marker : IHonoursIdempotencyKey
    {
        public static Marker Instance { get; } = new();
    }
}
