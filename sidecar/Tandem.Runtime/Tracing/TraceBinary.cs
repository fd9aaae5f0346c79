using System.Diagnostics;
using Tandem.Grpc.Protocol;

namespace Tandem.Runtime.Tracing;

/// <summary>
/// The trace's context as gRPC's older clients carry it, in <c>grpc-trace-bin</c>: a version byte 0, then the trace's ID (field 0), the
/// span's (field 1) and the flags (field 2).
/// </summary>
public static class TraceBinary
{
    /// <summary>The header's name.</summary>
    public const string Header = "grpc-trace-bin";

    private const int Length = 29;

    /// <summary>The context in W3C form; <see langword="null"/> when the bytes are none.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes)
        => bytes is [0, 0, .., _, _] && bytes.Length >= Length && bytes[18] == 1 && bytes[27] == 2
            ? $"00-{Convert.ToHexStringLower(bytes.Slice(2, 16))}-{Convert.ToHexStringLower(bytes.Slice(19, 8))}-{bytes[28]:x2}"
            : null;

    /// <summary>The context in W3C form, from a header's text; <see langword="null"/> when it is none.</summary>
    public static string? Read(string? header) => header is { Length: > 0 and < 2 * Length } && BinaryHeader.Decode(header) is { } bytes ? Read(bytes) : null;

    /// <summary>The bytes of a context in W3C form; <see langword="null"/> when it is none.</summary>
    public static byte[]? Write(string? traceParent)
    {
        if (!ActivityContext.TryParse(traceParent, null, out var context))
        {
            return null;
        }

        var bytes = new byte[Length];
        context.TraceId.CopyTo(bytes.AsSpan(2, 16));
        bytes[18] = 1;
        context.SpanId.CopyTo(bytes.AsSpan(19, 8));
        bytes[27] = 2;
        bytes[28] = (byte)context.TraceFlags;
        return bytes;
    }
}
