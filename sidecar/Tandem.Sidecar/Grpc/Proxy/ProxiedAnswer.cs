using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Protocol;
using Tandem.Runtime.Invocation.Proxy;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>Gives an app's answer to the caller as it comes: what is there goes out before more is waited for.</summary>
internal static class ProxiedAnswer
{
    private const int ReadSize = 4096;
    private const int MostUnsent = 64 * 1024;

    /// <summary>Copies head, messages and trailers.</summary>
    /// <param name="limit">How large a message may be.</param>
    /// <returns>The status that the call ended with.</returns>
    public static async ValueTask<StatusCode> CopyAsync(HttpResponseMessage answer, HttpContext http, long limit, CancellationToken cancellationToken)
    {
        if ((int)answer.StatusCode is not StatusCodes.Status200OK and var httpStatus)
        {
            var mapped = StatusMapping.FromHttp(answer.StatusCode);
            GrpcAnswer.End(http, new(mapped, $"the app answered with the HTTP status {httpStatus}, not in gRPC"));
            return mapped;
        }

        var response = http.Response;
        ProxyHeaders.Copy(answer, response.Headers);
        if (ProxyAnswers.StatusOf(answer) is { } status)
        {
            return (StatusCode)status;
        }

        var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var writer = response.BodyWriter;
        var meter = new MessageMeter(limit);
        while (true)
        {
            // Reading nothing waits until there is something.
            var more = body.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (!more.IsCompleted || writer.UnflushedBytes > MostUnsent)
            {
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            await more.ConfigureAwait(false);
            var memory = writer.GetMemory(ReadSize);
            var read = await body.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            meter.Pass(memory.Span[..read]);
            writer.Advance(read);
        }

        ProxyHeaders.CopyTrailers(answer, response);
        return StatusOf(answer);
    }

    private static StatusCode StatusOf(HttpResponseMessage answer)
        => answer.TrailingHeaders.NonValidated.TryGetValues(HeaderNames.Status, out var values)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (StatusCode)status
            : StatusCode.Unknown;
}
