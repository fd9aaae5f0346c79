namespace Tandem.Runtime.Tests.Http.Malformed;

/// <summary>One request that is wrong, and how it is answered.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Status">The status.</param>
/// <param name="Code">Dapr's error code; <see langword="null"/> where the answer has no Dapr body.</param>
/// <param name="Bytes">The request: each character is one byte.</param>
internal sealed record MalformedRequest(string Name, int Status, string? Code, string Bytes);

/// <summary>The requests. The sidecar has --max-body-size 64Ki and the components store, bus, vault and files.</summary>
internal static class MalformedRequests
{
    public const int MaxBodySize = 64 * 1024;

    private const string Malformed = "ERR_MALFORMED_REQUEST";
    private const string NoSuchApi = "ERR_DIRECT_INVOKE";

    public static IReadOnlyList<MalformedRequest> All { get; } =
    [
        // State
        Json("state: no body", 400, Malformed, "POST /v1.0/state/store", ""),
        Json("state: half a list", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\""),
        Json("state: an object for a list", 400, Malformed, "POST /v1.0/state/store", "{\"key\":\"a\",\"value\":1}"),
        Json("state: a text for a list", 400, Malformed, "POST /v1.0/state/store", "\"a\""),
        Json("state: null for a list", 400, Malformed, "POST /v1.0/state/store", "null"),
        Json("state: numbers for items", 400, Malformed, "POST /v1.0/state/store", "[1]"),
        Json("state: null for an item", 400, Malformed, "POST /v1.0/state/store", "[null]"),
        Json("state: no key", 400, Malformed, "POST /v1.0/state/store", "[{\"value\":1}]"),
        Json("state: a number for a key", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":1,\"value\":1}]"),
        Json("state: a number for an ETag", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"etag\":5}]"),
        Json("state: a key with the separator", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a||b\",\"value\":1}]"),
        Json("state: a lone surrogate in the key", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"\\ud800\",\"value\":1}]"),
        Json("state: a lone surrogate in the ETag", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"etag\":\"\\udc00\"}]"),
        Json("state: a lone surrogate in a field's name", 400, Malformed, "POST /v1.0/state/store", "[{\"\\ud800\":\"a\"}]"),
        Json("state: bytes that are not UTF-8", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\u00ff\u00fe\",\"value\":1}]"),
        Json("state: bytes that are not UTF-8 in the value", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":\"\u00c3\u0028\"}]"),
        Json("state: a byte order mark", 400, Malformed, "POST /v1.0/state/store", "\u00ef\u00bb\u00bf[{\"key\":\"a\",\"value\":}]"),
        Json("state: a NUL between tokens", 400, Malformed, "POST /v1.0/state/store", "[\0]"),
        Json("state: a comma at the end", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1},]"),
        Json("state: two documents", 400, Malformed, "POST /v1.0/state/store", "[][]"),
        Json("state: a list 5,000 deep", 400, Malformed, "POST /v1.0/state/store", new string('[', 5000) + new string(']', 5000)),
        Json("state: a value 5,000 deep", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":" + new string('[', 5000) + new string(']', 5000) + "}]"),
        Json("state: a consistency that is none", 500, "ERR_STATE_SAVE", "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"options\":{\"consistency\":\"weak\"}}]"),
        Json("state: a concurrency that is none", 500, "ERR_STATE_SAVE", "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"options\":{\"concurrency\":\"none\"}}]"),
        Json("state: a number for a concurrency", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"options\":{\"concurrency\":1}}]"),
        Json("state: a time to live that is no number", 500, "ERR_STATE_SAVE", "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"metadata\":{\"ttlInSeconds\":\"soon\"}}]"),
        Json("state: a lone surrogate in the time to live", 400, Malformed, "POST /v1.0/state/store", "[{\"key\":\"a\",\"value\":1,\"metadata\":{\"ttlInSeconds\":\"\\ud800\"}}]"),
        Json("state: an unknown store", 400, "ERR_STATE_STORE_NOT_FOUND", "POST /v1.0/state/nowhere", "[]"),
        Plain("state: an unknown store, read", 400, "ERR_STATE_STORE_NOT_FOUND", "GET /v1.0/state/nowhere/a"),
        Plain("state: a store's name that is not UTF-8", 400, "ERR_STATE_STORE_NOT_FOUND", "GET /v1.0/state/%ff%fe/a"),
        Plain("state: no store", 404, NoSuchApi, "GET /v1.0/state"),
        Plain("state: a store but no key", 404, NoSuchApi, "GET /v1.0/state/store"),
        Plain("state: a wrong method", 404, NoSuchApi, "PATCH /v1.0/state/store/a"),
        Json("state: a wrong method with a body", 404, NoSuchApi, "DELETE /v1.0/state/store", "[]"),
        Plain("state: a consistency in the query that is none", 500, "ERR_STATE_DELETE", "DELETE /v1.0/state/store/a?consistency=weak"),
        Json("state, bulk: a list for an object", 400, Malformed, "POST /v1.0/state/store/bulk", "[]"),
        Json("state, bulk: numbers for keys", 400, Malformed, "POST /v1.0/state/store/bulk", "{\"keys\":[1,2]}"),
        Json("state, bulk: a lone surrogate", 400, Malformed, "POST /v1.0/state/store/bulk", "{\"keys\":[\"\\ud800\"]}"),
        Json("state, bulk: keys that are an object", 400, Malformed, "POST /v1.0/state/store/bulk", "{\"keys\":{}}"),
        Json("state, transaction: a list for an object", 400, Malformed, "POST /v1.0/state/store/transaction", "[]"),
        Json("state, transaction: an unknown operation", 400, "ERR_NOT_SUPPORTED_STATE_OPERATION", "POST /v1.0/state/store/transaction", "{\"operations\":[{\"operation\":\"increment\",\"request\":{\"key\":\"a\"}}]}"),
        Json("state, transaction: no request", 400, Malformed, "POST /v1.0/state/store/transaction", "{\"operations\":[{\"operation\":\"upsert\"}]}"),
        Json("state, transaction: operations that are a text", 400, Malformed, "POST /v1.0/state/store/transaction", "{\"operations\":\"all\"}"),
        Json("state, transaction: a lone surrogate for an operation", 400, Malformed, "POST /v1.0/state/store/transaction", "{\"operations\":[{\"operation\":\"\\udfff\"}]}"),

        // Pub/sub
        Json("publish: an unknown component", 404, "ERR_PUBSUB_NOT_FOUND", "POST /v1.0/publish/nowhere/topic", "{}"),
        Json("publish: no topic", 404, NoSuchApi, "POST /v1.0/publish/bus", "{}"),
        Plain("publish: a wrong method", 404, NoSuchApi, "GET /v1.0/publish/bus/topic"),
        Head("publish: a CloudEvent that is no JSON", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER", "POST /v1.0/publish/bus/topic", "{nonsense", "Content-Type: application/cloudevents+json"),
        Json("publish, bulk: an object for a list", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "{}"),
        Json("publish, bulk: no id", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "[{\"event\":\"a\",\"contentType\":\"text/plain\"}]"),
        Json("publish, bulk: one id twice", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "[{\"entryId\":\"1\",\"event\":\"a\"},{\"entryId\":\"1\",\"event\":\"b\"}]"),
        Json("publish, bulk: no event", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "[{\"entryId\":\"1\"}]"),
        Json("publish, bulk: a lone surrogate", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "[{\"entryId\":\"\\ud800\",\"event\":\"a\"}]"),
        Json("publish, bulk: bytes that are not base64", 400, "ERR_PUBSUB_EVENTS_SER", "POST /v1.0/publish/bulk/bus/topic", "[{\"entryId\":\"1\",\"event\":\"%%\",\"contentType\":\"application/octet-stream\"}]"),

        // Bindings, secrets, metadata, health, shutdown
        Json("binding: an unknown one", 500, "ERR_INVOKE_OUTPUT_BINDING", "POST /v1.0/bindings/nowhere", "{\"operation\":\"create\"}"),
        Json("binding: half an object", 400, Malformed, "POST /v1.0/bindings/files", "{\"operation\":"),
        Json("binding: a list for an object", 400, Malformed, "POST /v1.0/bindings/files", "[]"),
        Json("binding: a number for an operation", 400, Malformed, "POST /v1.0/bindings/files", "{\"operation\":7}"),
        Json("binding: a lone surrogate in the data", 400, Malformed, "POST /v1.0/bindings/files", "{\"operation\":\"create\",\"data\":\"\\ud800\"}"),
        Json("binding: a lone surrogate in the metadata", 400, Malformed, "POST /v1.0/bindings/files", "{\"operation\":\"create\",\"metadata\":{\"fileName\":\"\\ud800\"}}"),
        Json("binding: an unknown operation", 500, "ERR_INVOKE_OUTPUT_BINDING", "POST /v1.0/bindings/files", "{\"operation\":\"explode\"}"),
        Json("binding: a way out of its folder", 500, "ERR_INVOKE_OUTPUT_BINDING", "POST /v1.0/bindings/files", "{\"operation\":\"get\",\"metadata\":{\"fileName\":\"../../etc/passwd\"}}"),
        Json("binding: a NUL in a file's name", 500, "ERR_INVOKE_OUTPUT_BINDING", "POST /v1.0/bindings/files", "{\"operation\":\"create\",\"data\":\"x\",\"metadata\":{\"fileName\":\"a\\u0000b\"}}"),
        Plain("binding: a wrong method", 404, NoSuchApi, "GET /v1.0/bindings/files"),
        Plain("secret: an unknown store", 401, "ERR_SECRET_STORE_NOT_FOUND", "GET /v1.0/secrets/nowhere/a"),
        Plain("secret: no name", 404, NoSuchApi, "GET /v1.0/secrets/vault"),
        Plain("secret: a NUL in the name", 400, null, "GET /v1.0/secrets/vault/a%00b"),
        Json("secret: a wrong method", 404, NoSuchApi, "POST /v1.0/secrets/vault/a", "{}"),
        Plain("metadata: a wrong method", 404, NoSuchApi, "DELETE /v1.0/metadata"),
        Plain("health: a wrong method", 404, NoSuchApi, "DELETE /v1.0/healthz"),
        Plain("health: a path below", 404, NoSuchApi, "GET /v1.0/healthz/inward"),
        Plain("shutdown: a wrong method", 404, NoSuchApi, "GET /v1.0/shutdown"),

        // Actors
        Json("actor state: half a list", 400, Malformed, "POST /v1.0/actors/type/1/state", "[{"),
        Json("actor state: an object for a list", 400, Malformed, "POST /v1.0/actors/type/1/state", "{}"),
        Json("actor state: numbers for operations", 400, Malformed, "POST /v1.0/actors/type/1/state", "[1]"),
        Json("actor state: a lone surrogate", 400, Malformed, "POST /v1.0/actors/type/1/state", "[{\"operation\":\"upsert\",\"request\":{\"key\":\"\\ud800\",\"value\":1}}]"),
        Json("actor timer: half an object", 400, Malformed, "POST /v1.0/actors/type/1/timers/t", "{\"dueTime\":"),
        Json("actor timer: a list for an object", 400, Malformed, "POST /v1.0/actors/type/1/timers/t", "[]"),
        Json("actor timer: a number for a time", 400, Malformed, "POST /v1.0/actors/type/1/timers/t", "{\"dueTime\":5}"),
        Json("actor reminder: half an object", 400, Malformed, "POST /v1.0/actors/type/1/reminders/r", "{\"period\":\"1s\""),
        Json("actor reminder: null", 400, Malformed, "POST /v1.0/actors/type/1/reminders/r", "null"),
        Json("actor reminder: a lone surrogate", 400, Malformed, "POST /v1.0/actors/type/1/reminders/r", "{\"period\":\"\\ud800\"}"),
        Plain("actor: no part", 404, NoSuchApi, "GET /v1.0/actors/type/1"),
        Plain("actor: an unknown part", 404, NoSuchApi, "GET /v1.0/actors/type/1/memory/a"),
        Json("actor: a wrong method", 404, NoSuchApi, "PATCH /v1.0/actors/type/1/method/m", "{}"),

        // Invocation
        Plain("invoke: no method", 404, NoSuchApi, "GET /v1.0/invoke/app"),
        Plain("invoke: no app", 404, NoSuchApi, "GET /v1.0/invoke//method/a"),
        Plain("invoke: nothing at all", 404, NoSuchApi, "GET /v1.0/invoke"),
        Plain("invoke: an unknown app", 500, "ERR_DIRECT_INVOKE", "GET /v1.0/invoke/nobody-of-that-name/method/a"),
        Plain("invoke: an app with too many namespaces", 500, "ERR_DIRECT_INVOKE", "GET /v1.0/invoke/a.b.c/method/a"),
        Plain("invoke: a URL that is none", 500, "ERR_DIRECT_INVOKE", "GET /v1.0/invoke/http://[/method/a"),
        Plain("invoke: a URL without host", 500, "ERR_DIRECT_INVOKE", "GET /v1.0/invoke/http:///method/a"),
        Head("invoke: another protocol", 501, "ERR_DIRECT_INVOKE", "GET /v1.0/invoke/app/method/a", null, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13"),
        Head("invoke: an empty app ID in the header", 404, NoSuchApi, "GET /a", null, "dapr-app-id: "),
        Head("invoke: basic credentials that are no base64", 404, NoSuchApi, "GET /a", null, "Authorization: Basic %%%"),
        Head("invoke: basic credentials that are not UTF-8", 404, NoSuchApi, "GET /a", null, "Authorization: Basic //8="),

        // Paths and versions
        Plain("path: the root", 404, NoSuchApi, "GET /"),
        Plain("path: a version that is none", 404, NoSuchApi, "GET /v9/state/store/a"),
        Plain("path: an API that is none", 404, NoSuchApi, "GET /v1.0/nonsense"),
        Plain("path: only slashes", 404, NoSuchApi, "GET //////"),
        Plain("path: a percent sign alone", 204, null, "GET /v1.0/state/store/100%"),
        Plain("path: an escape that is none", 204, null, "GET /v1.0/state/store/%zz"),
        Plain("path: a key that is not UTF-8", 204, null, "GET /v1.0/state/store/%ff%fe"),
        Raw("path: a NUL", 400, null, "GET /v1.0/state/store/a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Plain("path: an escaped NUL", 400, null, "GET /v1.0/state/store/a%00b"),
        Raw("path: a byte above 127", 400, null, "GET /v1.0/state/store/\u00ff HTTP/1.1\r\nHost: a\r\n\r\n"),
        Raw("path: a space", 400, null, "GET /v1.0/state/store/a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Raw("path: none", 400, null, "GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
        Raw("path: not from the root", 400, null, "GET v1.0/healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Raw("path: longer than a head may be", 414, null, $"GET /v1.0/state/store/{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n"),

        // The protocol itself
        Raw("protocol: nonsense", 400, null, "nonsense\r\n\r\n"),
        Raw("protocol: bytes of TLS", 400, null, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n"),
        Raw("protocol: a version that is none", 505, null, "GET / HTTP/9.9\r\nHost: a\r\n\r\n"),
        Raw("protocol: no version", 400, null, "GET /\r\n\r\n"),
        Raw("protocol: a method that is none", 400, null, "G<T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Raw("protocol: a tunnel", 404, NoSuchApi, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"),
        Raw("header: no host", 400, null, "GET /v1.0/healthz HTTP/1.1\r\n\r\n"),
        Raw("header: two hosts", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Raw("header: a host that is none", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Raw("header: no colon", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"),
        Raw("header: a space before the colon", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nname : value\r\n\r\n"),
        Raw("header: a name with a space", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\na name: value\r\n\r\n"),
        Raw("header: no name", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n: value\r\n\r\n"),
        Raw("header: a NUL in the value", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nname: a\0b\r\n\r\n"),
        Raw("header: a folded line", 400, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nname: a\r\n b\r\n\r\n"),
        Raw("header: bytes that are not UTF-8", 204, null, "GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nname: \u00ff\u00fe\r\n\r\n"),
        Raw("header: one beyond the limit", 431, null, $"GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\nname: {new string('a', 20_000)}\r\n\r\n"),
        Raw("header: too many", 431, null, $"GET /v1.0/healthz HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 200).Select(static i => $"n{i}: 1\r\n"))}\r\n"),

        // Lengths and chunks
        Raw("length: no number", 400, null, Post("Content-Length: many", "[]")),
        Raw("length: negative", 400, null, Post("Content-Length: -1", "[]")),
        Raw("length: beyond any number", 400, null, Post("Content-Length: 99999999999999999999", "[]")),
        Raw("length: two that differ", 400, null, Post("Content-Length: 2\r\nContent-Length: 3", "[] ")),
        Raw("length: larger than allowed", 413, "ERR_BODY_READ", Post("Content-Length: 1073741824", "[")),
        Raw("length: larger than allowed, and announced", 413, "ERR_BODY_READ", Post("Content-Length: 1073741824\r\nExpect: 100-continue", "")),
        Raw("length: with chunks as well", 400, Malformed, Post("Content-Length: 2\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
        Raw("chunk: a size that is none", 400, "ERR_BODY_READ", Post("Transfer-Encoding: chunked", "zz\r\n[]\r\n0\r\n\r\n")),
        Raw("chunk: a negative size", 400, "ERR_BODY_READ", Post("Transfer-Encoding: chunked", "-2\r\n[]\r\n0\r\n\r\n")),
        Raw("chunk: a size beyond any number", 400, "ERR_BODY_READ", Post("Transfer-Encoding: chunked", "ffffffffffffffff\r\n[]\r\n0\r\n\r\n")),
        Raw("chunk: longer than it says", 400, "ERR_BODY_READ", Post("Transfer-Encoding: chunked", "1\r\n[]\r\n0\r\n\r\n")),
        Raw("chunk: more than allowed in all", 413, "ERR_BODY_READ", Post("Transfer-Encoding: chunked", string.Concat(Enumerable.Repeat($"4000\r\n{new string(' ', 0x4000)}\r\n", 6)))),
        Raw("encoding: one that is none", 400, null, Post("Transfer-Encoding: nonsense", "[]")),
        Raw("encoding: chunked, but not last", 400, null, Post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n")),
        Head("encoding: content that is no JSON, as it is compressed", 400, Malformed, "POST /v1.0/state/store", "\u001f\u008b\u0008\0\0\0\0\0", "Content-Type: application/json\r\nContent-Encoding: gzip"),
        Head("encoding: of an unknown kind", 400, Malformed, "POST /v1.0/state/store", "nonsense", "Content-Encoding: nonsense"),
        Head("type: of an unknown kind, and no JSON", 400, Malformed, "POST /v1.0/state/store", "a=1&b=2", "Content-Type: application/x-www-form-urlencoded"),
        Head("type: an alphabet that is not UTF-8", 400, Malformed, "POST /v1.0/state/store", "\u00ff\u00fe[\0]\0", "Content-Type: application/json; charset=utf-16"),
    ];

    private static MalformedRequest Plain(string name, int status, string? code, string line) => Head(name, status, code, line, null, "Accept: */*");

    private static MalformedRequest Json(string name, int status, string? code, string line, string body) => Head(name, status, code, line, body, "Content-Type: application/json");

    private static MalformedRequest Head(string name, int status, string? code, string line, string? body, string headers)
        => Raw(name, status, code, $"{line} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{(body is null ? "" : $"Content-Length: {body.Length}\r\n")}\r\n{body}");

    private static MalformedRequest Raw(string name, int status, string? code, string bytes) => new(name, status, code, bytes);

    private static string Post(string headers, string body) => $"POST /v1.0/state/store HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}";
}
