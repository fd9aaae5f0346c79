using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Crypto;
using Tandem.Runtime.Errors;

namespace Tandem.Sidecar.Http.Crypto;

/// <summary><c>PUT /v1.0-alpha1/crypto/{name}/encrypt</c> and <c>…/decrypt</c>: bodies of any length, passed on as they come.</summary>
internal static class CryptoEndpoints
{
    private static readonly string[] True = ["y", "yes", "true", "t", "on", "1"];

    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!request.IsAlpha || !HttpMethods.IsPut(request.Method) || !segments.TryRead(out var component)
            || !segments.TryReadRaw(out var operation) || !segments.IsAtEnd)
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        return operation switch
        {
            "encrypt" => EncryptAsync(request, component),
            "decrypt" => DecryptAsync(request, component),
            _ => ApiRouter.NotFoundAsync(request.Http),
        };
    }

    private static async Task EncryptAsync(ApiRequest request, string component)
    {
        var headers = request.Http.Request.Headers;
        var encrypt = new EncryptRequest(Require(headers, "dapr-key-name"), Require(headers, "dapr-key-wrap-algorithm"))
        {
            DecryptionKeyName = headers["dapr-decryption-key-name"].ToString(),
            OmitKeyName = True.Contains(headers["dapr-omit-decryption-key-name"].ToString(), StringComparer.OrdinalIgnoreCase),
            Cipher = headers["dapr-data-encryption-cipher"].ToString(),
        };
        var response = Begin(request);
        await request.Blocks.Crypto.EncryptAsync(component, encrypt, request.Http.Request.BodyReader, response.BodyWriter, request.Aborted).ConfigureAwait(false);
    }

    private static Task DecryptAsync(ApiRequest request, string component)
    {
        var keyName = request.Http.Request.Headers["dapr-key-name"].ToString();
        return request.Blocks.Crypto.DecryptAsync(component, keyName, request.Http.Request.BodyReader, Begin(request).BodyWriter, request.Aborted);
    }

    private static string Require(IHeaderDictionary headers, string name)
        => headers[name] is { Count: 1 } values && values[0] is { Length: > 0 } value ? value
            : throw new DaprException(new DaprError(StatusCodes.Status400BadRequest, "ERR_BAD_REQUEST", $"invalid request: missing header '{name}'"));

    private static HttpResponse Begin(ApiRequest request)
    {
        request.Http.Response.ContentType = "application/octet-stream";
        return request.Http.Response;
    }
}
