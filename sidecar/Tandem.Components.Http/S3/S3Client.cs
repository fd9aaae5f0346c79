using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Tandem.Components.Bindings;
using Tandem.Components.Http.Tls;

namespace Tandem.Components.Http.S3;

/// <summary>The few requests of S3's REST API that the binding needs. Each is tried again where S3 says that it is busy.</summary>
internal sealed class S3Client(S3Options options, TimeProvider timeProvider) : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly HttpMessageInvoker _http = new(TrustedHandler.Create(skipVerify: options.InsecureSsl));

    /// <summary>Keeps an object; answers its version where the bucket has versions.</summary>
    public async Task<string?> PutAsync(string key, Stream data, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(data, cancellationToken));
        using var response = await SendAsync(
            () =>
            {
                data.Position = 0;
                var request = new HttpRequestMessage(HttpMethod.Put, LocationOf(key)) { Content = new StreamContent(new Borrowed(data)) };
                request.Content.Headers.ContentLength = data.Length;
                foreach (var (name, value) in headers)
                {
                    if (!request.Headers.TryAddWithoutValidation(name, value))
                    {
                        request.Content.Headers.TryAddWithoutValidation(name, value);
                    }
                }

                return request;
            },
            hash,
            cancellationToken);
        return response.Headers.TryGetValues("x-amz-version-id", out var versions) ? versions.First() : null;
    }

    /// <summary>Reads an object into a stream.</summary>
    public async Task GetAsync(string key, Stream into, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, LocationOf(key)), SignatureV4.EmptyHash, cancellationToken);
        await response.Content.CopyToAsync(into, cancellationToken);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, LocationOf(key)), SignatureV4.EmptyHash, cancellationToken);
    }

    /// <summary>Deletes many objects in one request; answers what S3 says of those that it could not delete.</summary>
    public async Task<IReadOnlyDictionary<string, string>> DeleteManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var document = new XElement("Delete", keys.Select(static key => new XElement("Object", new XElement("Key", key))));
        var body = Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting));
        using var response = await SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, AddressOf("", "delete=")) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
#pragma warning disable CA5351 // S3 asks for it as a check against broken lines; it protects nothing.
                request.Content.Headers.TryAddWithoutValidation("Content-MD5", Convert.ToBase64String(MD5.HashData(body)));
#pragma warning restore CA5351
                return request;
            },
            SignatureV4.HashOf(body),
            cancellationToken);
        var answer = await ReadXmlAsync(response.Content, cancellationToken);
        return answer.Elements()
            .Where(static element => element.Name.LocalName == "Error")
            .GroupBy(static error => Text(error, "Key") ?? "", StringComparer.Ordinal)
            .ToDictionary(static errors => errors.Key, static errors => Text(errors.First(), "Message") ?? Text(errors.First(), "Code") ?? "unknown error", StringComparer.Ordinal);
    }

    /// <summary>A page of the bucket's objects, as S3 gives it.</summary>
    public async Task<XElement> ListAsync(S3ListRequest list, CancellationToken cancellationToken)
    {
        var query = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["delimiter"] = list.Delimiter ?? "",
            ["marker"] = list.Marker ?? "",
            ["max-keys"] = (list.MaxResults > 0 ? list.MaxResults : S3ListRequest.DefaultMaxResults).ToString(CultureInfo.InvariantCulture),
            ["prefix"] = list.Prefix ?? "",
        };
        var text = string.Join('&', query.Where(static pair => pair.Value.Length > 0).Select(static pair => $"{pair.Key}={SignatureV4.Encode(pair.Value)}"));
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, AddressOf("", text)), SignatureV4.EmptyHash, cancellationToken);
        return await ReadXmlAsync(response.Content, cancellationToken);
    }

    public string Presign(string key, TimeSpan timeToLive) => SignatureV4.Presign(LocationOf(key), options, timeToLive, timeProvider.GetUtcNow());

    /// <summary>Where an object is.</summary>
    public Uri LocationOf(string key) => AddressOf(string.Join('/', key.Split('/').Select(SignatureV4.Encode)), "");

    public void Dispose() => _http.Dispose();

    internal static string? Text(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;

    private Uri AddressOf(string encodedKey, string query)
    {
        var endpoint = options.Endpoint;
        var host = options.IsPathStyle ? endpoint.Authority : $"{options.Bucket}.{endpoint.Authority}";
        var bucket = options.IsPathStyle ? $"/{SignatureV4.Encode(options.Bucket)}" : "";
        return SignatureV4.Exactly($"{endpoint.Scheme}://{host}{endpoint.AbsolutePath.TrimEnd('/')}{bucket}/{encodedKey}{(query.Length > 0 ? "?" : "")}{query}");
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, string payloadHash, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            SignatureV4.Sign(request, options, payloadHash, timeProvider.GetUtcNow());
            HttpResponseMessage? response = null;
            try
            {
                response = await _http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                if (attempt == Attempts || !MayPass(response.StatusCode))
                {
                    throw await FaultOfAsync(response, cancellationToken);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                if (attempt == Attempts || exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError })
                {
                    throw new BindingException($"S3 at {options.Endpoint.Authority} cannot be reached: {exception.GetBaseException().Message}", exception);
                }
            }

            response?.Dispose();
            await Task.Delay(FirstPause * (1 << (attempt - 1)), timeProvider, cancellationToken);
        }
    }

    private static bool MayPass(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static async Task<BindingException> FaultOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            string? code = null, message = null;
            try
            {
                var error = await ReadXmlAsync(response.Content, cancellationToken);
                (code, message) = (Text(error, "Code"), Text(error, "Message"));
            }
            catch (Exception exception) when (exception is XmlException or HttpRequestException or IOException)
            {
                // The status says it all.
            }

            return new BindingException(
                code is "NoSuchKey" ? "object not found"
                : code is null ? $"S3 answered {(int)response.StatusCode}"
                : $"S3 answered {(int)response.StatusCode} {code}: {message}");
        }
    }

    private static async Task<XElement> ReadXmlAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return (await XDocument.LoadAsync(reader, LoadOptions.None, cancellationToken)).Root!;
    }

    /// <summary>A stream that a request may close and the next one reads again.</summary>
    private sealed class Borrowed(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
