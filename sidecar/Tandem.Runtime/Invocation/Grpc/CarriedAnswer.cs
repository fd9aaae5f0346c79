using System.Globalization;
using System.Text;
using Grpc.Core;
using Tandem.Grpc.Protocol;

namespace Tandem.Runtime.Invocation.Grpc;

/// <summary>
/// What a gRPC app's answer says beyond what an HTTP answer can: its status, and its metadata exactly. Answers travel between sidecars in
/// HTTP, whatever the app and the caller speak; these headers go with them, and never to an HTTP caller.
/// </summary>
/// <param name="Status">How the app ended the call.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Trailers">Its trailers; with the details of a status.</param>
/// <param name="DataType">The type of the data, as an <c>Any</c> has it; empty for none.</param>
public sealed record CarriedAnswer(Status Status, Metadata Headers, Metadata Trailers, string DataType)
{
    /// <summary>The header for the type of a call's or an answer's data.</summary>
    public const string DataTypeHeader = "tandem-grpc-data-type";

    private const string StatusHeader = "tandem-grpc-status";
    private const string HeadersHeader = "tandem-grpc-headers";
    private const string TrailersHeader = "tandem-grpc-trailers";

    /// <summary>The names of all these headers.</summary>
    public static IReadOnlyList<string> HeaderNames { get; } = [DataTypeHeader, StatusHeader, HeadersHeader, TrailersHeader];

    /// <summary>Writes the headers.</summary>
    public void WriteTo(HttpResponseMessage answer)
    {
        var headers = answer.Headers;
        headers.TryAddWithoutValidation(StatusHeader, string.Create(CultureInfo.InvariantCulture, $"{(int)Status.StatusCode} {PercentEncoding.Encode(Status.Detail)}").TrimEnd());
        WriteMetadata(answer, HeadersHeader, Headers);
        WriteMetadata(answer, TrailersHeader, Trailers);
        if (DataType.Length > 0)
        {
            headers.TryAddWithoutValidation(DataTypeHeader, DataType);
        }
    }

    /// <summary>Reads the headers; <see langword="null"/> when there are none, as the app speaks HTTP.</summary>
    /// <param name="find">Finds a header's value.</param>
    public static CarriedAnswer? Read(Func<string, string?> find)
    {
        if (find(StatusHeader)?.Split(' ', 2) is not [var code, ..] parts || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var status = new Status((StatusCode)number, parts.Length > 1 ? PercentEncoding.Decode(parts[1]) : "");
        return new(status, ReadMetadata(find(HeadersHeader)), ReadMetadata(find(TrailersHeader)), find(DataTypeHeader) ?? "");
    }

    private static void WriteMetadata(HttpResponseMessage answer, string name, Metadata metadata)
    {
        if (metadata.Count > 0)
        {
            var lines = string.Join('\n', metadata.Select(static entry => $"{entry.Key}:{(entry.IsBinary ? BinaryHeader.Encode(entry.ValueBytes) : entry.Value)}"));
            answer.Headers.TryAddWithoutValidation(name, Convert.ToBase64String(Encoding.UTF8.GetBytes(lines)));
        }
    }

    private static Metadata ReadMetadata(string? header)
    {
        var metadata = new Metadata();
        foreach (var line in header is null ? [] : Encoding.UTF8.GetString(Convert.FromBase64String(header)).Split('\n'))
        {
            var end = line.IndexOf(':', StringComparison.Ordinal);
            InvocationMetadata.TryAdd(metadata, line[..end], line[(end + 1)..]);
        }

        return metadata;
    }
}
