using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Components.Http.S3;

/// <summary>
/// AWS's signature, version 4, for S3: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
/// </summary>
internal static class SignatureV4
{
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>Signs a request in its headers.</summary>
    public static void Sign(HttpRequestMessage request, S3Options options, string payloadHash, DateTimeOffset now)
    {
        request.Headers.TryAddWithoutValidation("x-amz-date", Time(now));
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payloadHash);
        if (options.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", token);
        }

        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = HostOf(request.RequestUri!) };
        var all = request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated ?? default);
        foreach (var (name, values) in all)
        {
            var lower = name.ToLowerInvariant();
            if (lower.StartsWith("x-amz-", StringComparison.Ordinal) || lower is "content-type" or "content-md5")
            {
                headers[lower] = string.Join(',', values.Select(static value => value.Trim()));
            }
        }

        var signed = string.Join(';', headers.Keys);
        var signature = Compute(request.Method.Method, request.RequestUri!, headers, signed, payloadHash, options, now);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={options.AccessKey}/{Scope(options, now)}, SignedHeaders={signed}, Signature={signature}");
    }

    /// <summary>An address that whoever has it may read, for so long.</summary>
    public static string Presign(Uri target, S3Options options, TimeSpan timeToLive, DateTimeOffset now)
    {
        var query = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["X-Amz-Algorithm"] = Algorithm,
            ["X-Amz-Credential"] = $"{options.AccessKey}/{Scope(options, now)}",
            ["X-Amz-Date"] = Time(now),
            ["X-Amz-Expires"] = ((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["X-Amz-SignedHeaders"] = "host",
        };
        if (options.SessionToken is { } token)
        {
            query["X-Amz-Security-Token"] = token;
        }

        var text = string.Join('&', query.Select(static pair => $"{Encode(pair.Key)}={Encode(pair.Value)}"));
        var unsigned = Exactly($"{target.GetLeftPart(UriPartial.Path)}?{text}");
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = HostOf(target) };
        return $"{unsigned.AbsoluteUri}&X-Amz-Signature={Compute("GET", unsigned, headers, "host", UnsignedPayload, options, now)}";
    }

    /// <summary>Everything but letters, digits and <c>-._~</c> in percent, as the signature wants it.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>An address that is sent as it was signed: dots in it mean nothing.</summary>
    public static Uri Exactly(string address) => new(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    public static string HashOf(ReadOnlySpan<byte> payload) => payload.IsEmpty ? EmptyHash : Convert.ToHexStringLower(SHA256.HashData(payload));

    private static string Compute(
        string method, Uri target, SortedDictionary<string, string> headers, string signedHeaders, string payloadHash, S3Options options, DateTimeOffset now)
    {
        // Query names and values are encoded already; they are only put in order.
        var query = string.Join('&', target.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        var canonical = new StringBuilder().Append(method).Append('\n').Append(target.AbsolutePath).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        canonical.Append('\n').Append(signedHeaders).Append('\n').Append(payloadHash);
        var toSign = $"{Algorithm}\n{Time(now)}\n{Scope(options, now)}\n{HashOf(Encoding.UTF8.GetBytes(canonical.ToString()))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{options.SecretKey}");
        foreach (var part in (string[])[Day(now), options.Region, "s3", "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string HostOf(Uri target) => target.IsDefaultPort ? target.IdnHost : $"{target.IdnHost}:{target.Port}";

    private static string Scope(S3Options options, DateTimeOffset now) => $"{Day(now)}/{options.Region}/s3/aws4_request";

    private static string Day(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
