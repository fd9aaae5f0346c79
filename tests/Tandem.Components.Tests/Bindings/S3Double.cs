using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Tandem.Components.Tests.Bindings;

/// <summary>
/// A store that speaks as S3 does, as far as the binding uses it. It computes each signature itself, from what arrived on the wire, and
/// turns away what does not fit.
/// </summary>
internal sealed class S3Double : IAsyncDisposable
{
    public const string AccessKey = "AKTANDEM";
    public const string SecretKey = "tandem/secret+key";
    public const string Bucket = "pictures";
    public const string Region = "eu-test-1";

    private readonly WebApplication _server;

    private S3Double(WebApplication server) => _server = server;

    public ConcurrentDictionary<string, StoredObject> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>The session token that must come with each request; nothing when none may.</summary>
    public string? SessionToken { get; set; }

    /// <summary>How many requests are still to be answered with 503.</summary>
    public int Busy;

    /// <summary>The statuses of all answers.</summary>
    public ConcurrentQueue<int> Answers { get; } = new();

    public Uri Address => new(_server.Urls.First());

    public static async Task<S3Double> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var store = new S3Double(server);
        server.Run(store.HandleAsync);
        await server.StartAsync();
        return store;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var (status, answer) = Interlocked.Decrement(ref Busy) >= 0
            ? (503, Error("SlowDown", "Please reduce your request rate."))
            : Check(context.Request, body.ToArray()) is { } fault ? (403, fault) : Answer(context, body.ToArray());
        Answers.Enqueue(status);
        context.Response.StatusCode = status;
        if (status is not (204 or 304))
        {
            await context.Response.Body.WriteAsync(answer);
        }
    }

    private (int Status, byte[] Body) Answer(HttpContext context, byte[] body)
    {
        var request = context.Request;
        // As it came: the framework has decoded the path already.
        var raw = RawTarget(context).Split('?')[0];
        if (!raw.StartsWith($"/{Bucket}/", StringComparison.Ordinal))
        {
            return (404, Error("NoSuchBucket", "The specified bucket does not exist"));
        }

        var key = Uri.UnescapeDataString(raw[(Bucket.Length + 2)..]);
        switch (request.Method)
        {
            case "PUT":
                Objects[key] = new StoredObject(body, request.ContentType, request.Headers["x-amz-tagging"], request.Headers["x-amz-storage-class"]);
                context.Response.Headers["x-amz-version-id"] = "v-1";
                return (200, []);
            case "GET" when key.Length == 0:
                return (200, List(request.Query));
            case "GET":
                return Objects.TryGetValue(key, out var found) ? (200, found.Data) : (404, Error("NoSuchKey", "The specified key does not exist."));
            case "DELETE":
                Objects.TryRemove(key, out _);
                return (204, []);
            case "POST" when request.Query.ContainsKey("delete"):
                return DeleteMany(request, body);
            default:
                return (405, Error("MethodNotAllowed", "no"));
        }
    }

    private (int, byte[]) DeleteMany(HttpRequest request, byte[] body)
    {
#pragma warning disable CA5351 // What S3 asks for.
        if (request.Headers["Content-MD5"] != Convert.ToBase64String(MD5.HashData(body)))
#pragma warning restore CA5351
        {
            return (400, Error("BadDigest", "no"));
        }

        var result = new XElement("DeleteResult");
        foreach (var key in XElement.Parse(Encoding.UTF8.GetString(body)).Descendants("Key").Select(static element => element.Value))
        {
            if (key.StartsWith("locked", StringComparison.Ordinal))
            {
                result.Add(new XElement("Error", new XElement("Key", key), new XElement("Code", "AccessDenied"), new XElement("Message", "Access Denied")));
            }
            else
            {
                Objects.TryRemove(key, out _);
                result.Add(new XElement("Deleted", new XElement("Key", key)));
            }
        }

        return (200, Encoding.UTF8.GetBytes(result.ToString()));
    }

    private byte[] List(IQueryCollection query)
    {
        XNamespace ns = "http://s3.amazonaws.com/doc/2006-03-01/";
        string prefix = query["prefix"].ToString(), marker = query["marker"].ToString();
        var most = int.Parse(query["max-keys"].ToString(), CultureInfo.InvariantCulture);
        var keys = Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, marker) > 0).Order(StringComparer.Ordinal).ToList();
        return Encoding.UTF8.GetBytes(new XElement(
            ns + "ListBucketResult",
            new XElement(ns + "Name", Bucket),
            new XElement(ns + "Prefix", prefix),
            new XElement(ns + "Marker", marker),
            new XElement(ns + "MaxKeys", most),
            new XElement(ns + "IsTruncated", keys.Count > most ? "true" : "false"),
            keys.Take(most).Select(key => new XElement(
                ns + "Contents",
                new XElement(ns + "Key", key),
                new XElement(ns + "LastModified", "2030-01-02T03:04:05.000Z"),
                new XElement(ns + "ETag", "\"e\""),
                new XElement(ns + "Size", Objects[key].Data.Length),
                new XElement(ns + "StorageClass", "STANDARD")))).ToString());
    }

    /// <summary>What is wrong with the request's signature; <see langword="null"/> when it is good.</summary>
    private byte[]? Check(HttpRequest request, byte[] body)
    {
        var target = RawTarget(request.HttpContext).Split('?', 2);
        var query = target.Length > 1 ? target[1].Split('&').ToList() : [];
        string credential, signedHeaders, signature, time, payloadHash;
        if (query.Exists(static pair => pair.StartsWith("X-Amz-Signature=", StringComparison.Ordinal)))
        {
            credential = request.Query["X-Amz-Credential"].ToString();
            signedHeaders = request.Query["X-Amz-SignedHeaders"].ToString();
            signature = request.Query["X-Amz-Signature"].ToString();
            time = request.Query["X-Amz-Date"].ToString();
            payloadHash = "UNSIGNED-PAYLOAD";
            query.RemoveAll(static pair => pair.StartsWith("X-Amz-Signature=", StringComparison.Ordinal));
        }
        else
        {
            var words = request.Headers.Authorization.ToString().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["AWS4-HMAC-SHA256", ..])
            {
                return Error("AccessDenied", "Access Denied");
            }

            var parts = words.Skip(1).Select(static word => word.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
            (credential, signedHeaders, signature) = (parts["Credential"], parts["SignedHeaders"], parts["Signature"]);
            time = request.Headers["x-amz-date"].ToString();
            payloadHash = request.Headers["x-amz-content-sha256"].ToString();
            if (payloadHash != Convert.ToHexStringLower(SHA256.HashData(body)))
            {
                return Error("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
            }

            if (request.Headers.Keys.Any(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signedHeaders.Split(';').Contains(name.ToLowerInvariant())))
            {
                return Error("AccessDenied", "There were headers present in the request which were not signed");
            }
        }

        var given = request.Headers["x-amz-security-token"].ToString() is { Length: > 0 } header ? header : request.Query["X-Amz-Security-Token"].ToString();
        if (given != (SessionToken ?? ""))
        {
            return Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
        }

        var scope = $"{time[..8]}/{Region}/s3/aws4_request";
        if (credential != $"{AccessKey}/{scope}")
        {
            return Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        }

        var headers = string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{request.Headers[name]}\n"));
        var canonical = $"{request.Method}\n{target[0]}\n{string.Join('&', query.Order(StringComparer.Ordinal))}\n{headers}\n{signedHeaders}\n{payloadHash}";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{SecretKey}");
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == signature
            ? null
            : Error("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");
    }

    private static string RawTarget(HttpContext context) => context.Features.Get<IHttpRequestFeature>()!.RawTarget;

    private static byte[] Error(string code, string message)
        => Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{WebUtility.HtmlEncode(message)}</Message></Error>");
}

/// <summary>What the store keeps.</summary>
internal sealed record StoredObject(byte[] Data, string? ContentType, string? Tags, string? StorageClass);
