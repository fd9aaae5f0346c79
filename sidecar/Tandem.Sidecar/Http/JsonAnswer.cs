using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Sidecar.Hosting;

namespace Tandem.Sidecar.Http;

/// <summary>Writes a JSON answer straight to the connection.</summary>
internal static class JsonAnswer
{
    /// <summary>Quotes and letters of any alphabet stand as they are; the answers are never part of a page.</summary>
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers 200 with what <paramref name="write"/> writes.</summary>
    public static async Task WriteAsync<T>(HttpContext http, T value, Action<Utf8JsonWriter, T> write, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(http.Response.BodyWriter, Options);
        await using (writer.ConfigureAwait(false))
        {
            write(writer, value);
            writer.Flush();
            Listener.ReportResponse(http, writer.BytesCommitted);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers 204.</summary>
    public static void NoContent(HttpContext http) => http.Response.StatusCode = StatusCodes.Status204NoContent;
}
