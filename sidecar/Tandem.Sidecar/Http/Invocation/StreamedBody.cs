using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Invocation;

/// <summary>The body of an incoming request, copied to the outgoing one as it comes: what came is passed on before more is waited for.</summary>
internal sealed class StreamedBody(HttpRequest request, CancellationToken aborted) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, aborted);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        var isUnsent = true;
        while (true)
        {
            var reading = reader.ReadAsync(cancellationToken);
            if (!reading.IsCompleted && isUnsent)
            {
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                isUnsent = false;
            }

            var result = await reading.ConfigureAwait(false);
            foreach (var part in result.Buffer)
            {
                await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                isUnsent = true;
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = request.ContentLength ?? -1;
        return length >= 0;
    }
}
