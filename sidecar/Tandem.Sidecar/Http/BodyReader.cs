using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Errors;

namespace Tandem.Sidecar.Http;

/// <summary>Reads whole bodies where a building block needs them; Kestrel holds them to <c>--max-body-size</c>.</summary>
internal static class BodyReader
{
    /// <summary>What is answered to a body beyond the limit.</summary>
    public static DaprError TooLarge(long limit)
        => new(StatusCodes.Status413PayloadTooLarge, "ERR_BODY_READ", $"failed to read request body: it is larger than --max-body-size allows, {limit} bytes");

    /// <summary>The body's bytes; a copy that outlives the request.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                var body = result.Buffer.IsEmpty ? ReadOnlyMemory<byte>.Empty : result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
