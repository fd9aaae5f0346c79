using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Errors;
using Tandem.Sidecar.Hosting;

namespace Tandem.Sidecar.Http;

/// <summary>Writes Dapr's error body: <c>errorCode</c>, <c>message</c> and, where there are any, <c>details</c>.</summary>
internal static class ErrorWriter
{
    /// <summary>Answers with the error.</summary>
    public static async Task WriteAsync(HttpContext http, DaprError error)
    {
        http.Response.Clear();
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonAnswer.Options);
        await using (writer.ConfigureAwait(false))
        {
            Write(writer, error);
            writer.Flush();
            Listener.ReportResponse(http, writer.BytesCommitted);
        }

        http.Features.Get<Listener>()?.Sidecar.Metrics?.ErrorCodes?.Record(error.Code);

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Writes the error's JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, DaprError error)
    {
        writer.WriteStartObject();
        writer.WriteString("errorCode"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.Details.Count > 0)
        {
            writer.WriteStartArray("details"u8);
            foreach (var detail in error.Details)
            {
                WriteDetail(writer, detail);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteDetail(Utf8JsonWriter writer, ErrorDetail detail)
    {
        writer.WriteStartObject();
        switch (detail)
        {
            case ErrorInfo info:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
                writer.WriteString("domain"u8, "dapr.io"u8);
                WriteMap(writer, info.Metadata);
                writer.WriteString("reason"u8, info.Reason);
                break;
            case ResourceInfo resource:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ResourceInfo"u8);
                writer.WriteString("description"u8, resource.Description);
                writer.WriteString("owner"u8, ""u8);
                writer.WriteString("resource_name"u8, resource.ResourceName);
                writer.WriteString("resource_type"u8, resource.ResourceType);
                break;
            case FieldViolation violation:
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.BadRequest"u8);
                writer.WriteStartArray("field_violations"u8);
                writer.WriteStartObject();
                writer.WriteString("description"u8, violation.Description);
                writer.WriteString("field"u8, violation.Field);
                writer.WriteEndObject();
                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"no JSON form for {detail.GetType()}");
        }

        writer.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? map)
    {
        if (map is null)
        {
            writer.WriteNull("metadata"u8);
            return;
        }

        writer.WriteStartObject("metadata"u8);
        foreach (var (key, value) in map)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }
}
