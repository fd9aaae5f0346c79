using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dapr;

/// <summary>Turns what went wrong on the way to the sidecar into one clear exception.</summary>
internal static class SidecarErrors
{
    private const string Unreachable = "UNAVAILABLE";

    public static async Task<DaprApiException> FromResponseAsync(HttpResponseMessage response, string operation, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return FromBody(response.StatusCode, body, operation);
    }

    public static DaprApiException FromBody(HttpStatusCode status, ReadOnlySpan<byte> body, string operation)
    {
        var error = Parse(body);
        var code = error?.ErrorCode ?? DaprApiException.UnknownErrorCode;
        var reason = error?.Message ?? (body.IsEmpty ? status.ToString() : System.Text.Encoding.UTF8.GetString(body));
        return new DaprApiException($"{operation} failed: {reason} ({code}, HTTP {(int)status}).", code, IsTransient(status));
    }

    public static DaprApiException FromFailure(Exception failure, string operation, Uri? endpoint) => failure is HttpRequestException
        ? new($"{operation} failed: the Dapr sidecar at {endpoint} could not be reached: {failure.Message}", failure, Unreachable, isTransient: true)
        : new($"{operation} failed: the Dapr sidecar at {endpoint} did not answer in time.", failure, "DEADLINE_EXCEEDED", isTransient: true);

    public static DaprError? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonSerializer.Deserialize(body, SidecarJson.Default.DaprError);
        }
        catch (JsonException)
        {
            // The answer of a proxy, or of a callee, is whatever it is: the caller quotes it instead.
            return null;
        }
    }

    private static bool IsTransient(HttpStatusCode status)
        => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}

[JsonSerializable(typeof(DaprError))]
internal sealed partial class SidecarJson : JsonSerializerContext;
