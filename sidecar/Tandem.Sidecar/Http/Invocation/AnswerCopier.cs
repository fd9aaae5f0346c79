using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Http1;
using Tandem.Runtime.Invocation;
using Tandem.Sidecar.Hosting;

namespace Tandem.Sidecar.Http.Invocation;

/// <summary>
/// Gives a callee's answer to the caller as it comes: whenever there is nothing more to read at the moment, what is there goes out, so that
/// server-sent events and chunks are not held back and a short answer still goes out at once.
/// </summary>
internal static class AnswerCopier
{
    private const int ReadSize = 4096;
    private const int MostUnsent = 64 * 1024;

    /// <param name="toPeer">Another sidecar asked for the answer.</param>
    public static Task CopyAsync(ForwardedAnswer answer, HttpContext http, bool toPeer = false)
    {
        http.Response.StatusCode = answer.StatusCode;
        return answer.Exchange is { } exchange ? CopyAsync(exchange, http, toPeer) : CopyAsync(answer.Message!, http, toPeer);
    }

    private static Task CopyAsync(Http1Connection exchange, HttpContext http, bool toPeer)
    {
        ForwardedHeaders.Copy(exchange.Headers, http.Response.Headers, toPeer);
        return exchange.Left is 0 ? Task.CompletedTask : CopyBodyAsync(exchange, http);
    }

    private static async Task CopyBodyAsync(Http1Connection exchange, HttpContext http)
    {
        var writer = http.Response.BodyWriter;
        var isMeasured = exchange.Left is not null;
        long copied = 0;
        while (exchange.Left is not 0)
        {
            if (writer.UnflushedBytes > MostUnsent || !exchange.HasMore)
            {
                await writer.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            }

            var read = await exchange.ReadAsync(writer.GetMemory(ReadSize), http.RequestAborted).ConfigureAwait(false);
            writer.Advance(read);
            copied += read;
        }

        await EndAsync(http).ConfigureAwait(false);
        if (!isMeasured)
        {
            Listener.ReportResponse(http, copied);
        }
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext http, bool toPeer)
    {
        var response = http.Response;
        ForwardedHeaders.Copy(answer, response.Headers, toPeer);
        if (HttpMethods.IsHead(http.Request.Method) || answer.Content.Headers.ContentLength is 0)
        {
            return;
        }

        const long Unknown = long.MaxValue;
        var left = answer.Content.Headers.ContentLength ?? Unknown;
        var body = await answer.Content.ReadAsStreamAsync(http.RequestAborted).ConfigureAwait(false);
        await using var disposal = body.ConfigureAwait(false);
        var writer = response.BodyWriter;
        while (left > 0)
        {
            // Reading nothing waits until there is something.
            var more = body.ReadAsync(Memory<byte>.Empty, http.RequestAborted);
            if (!more.IsCompleted || writer.UnflushedBytes > MostUnsent)
            {
                await writer.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            }

            await more.ConfigureAwait(false);
            var read = await body.ReadAsync(writer.GetMemory(ReadSize), http.RequestAborted).ConfigureAwait(false);
            if (read == 0)
            {
                Listener.ReportResponse(http, Unknown - left);
                return;
            }

            writer.Advance(read);
            left -= read;
        }

        await EndAsync(http).ConfigureAwait(false);
    }

    /// <summary>Sends what is left. The server does that by itself only where it sends the head too, or the end of chunks.</summary>
    private static ValueTask<FlushResult> EndAsync(HttpContext http)
        => http.Response.HasStarted && http.Response.BodyWriter.UnflushedBytes > 0 ? http.Response.BodyWriter.FlushAsync(http.RequestAborted) : default;
}
