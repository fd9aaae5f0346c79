using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Tracing;

namespace Tandem.Sidecar.Grpc.Tracing;

/// <summary>
/// The trace context of gRPC calls: W3C's <c>traceparent</c>, and <c>grpc-trace-bin</c>, the binary form of OpenCensus that clients of
/// that time send and that Dapr answers with.
/// </summary>
internal static class GrpcTraceHeaders
{
    /// <summary>The header of the binary form.</summary>
    public const string Binary = TraceBinary.Header;

    /// <summary>Makes <c>traceparent</c> say what <c>grpc-trace-bin</c> says, where there is one: it is read everywhere.</summary>
    public static void Unify(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(Binary, out var values) && values.Count > 0 && TraceBinary.Read(values[0]) is { } traceParent)
        {
            headers.TraceParent = traceParent;
        }
    }

    /// <summary>The span's context in the binary form, as a header has it.</summary>
    public static string Write(Activity span) => Convert.ToBase64String(TraceBinary.Write(span.Id)!);
}
