using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Invocation.Grpc;
using CallMetadata = Grpc.Core.Metadata;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Invocation;

/// <summary>An app's answer, read to its end.</summary>
/// <param name="StatusCode">Its HTTP status.</param>
/// <param name="ContentType">Its content type; empty for none.</param>
/// <param name="Body">Its body.</param>
/// <param name="Headers">Its headers as metadata.</param>
/// <param name="Carried">What a gRPC app's answer says besides; <see langword="null"/> for an HTTP app's.</param>
internal sealed record ReadAnswer(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body, CallMetadata Headers, CarriedAnswer? Carried)
{
    private const string HttpStatus = "dapr-http-status";
    private const int ReadSize = 4096;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="DaprException">It is larger than the sidecar passes on.</exception>
    public static async Task<ReadAnswer> ReadAsync(ForwardedAnswer answer, long limit, CancellationToken cancellationToken)
    {
        var headers = HeadersOf(answer);
        var body = await ReadBodyAsync(answer, limit, cancellationToken).ConfigureAwait(false);
        var contentType = Find(headers, "content-type") ?? "";
        if (CarriedAnswer.Read(name => Find(headers, name)) is { } carried)
        {
            return new(answer.StatusCode, contentType, body, carried.Headers, carried);
        }

        var metadata = new CallMetadata();
        foreach (var (name, value) in headers)
        {
            InvocationMetadata.AddHeader(metadata, name, value);
        }

        metadata.Add(HttpStatus, answer.StatusCode.ToString(CultureInfo.InvariantCulture));
        return new(answer.StatusCode, contentType, body, metadata, null);
    }

    /// <summary>The answer's data.</summary>
    /// <param name="dataType">The type that the app gives it; empty for none.</param>
    public Proto.InvokeResponse ToResponse(string dataType) => new()
    {
        Data = new Any { TypeUrl = dataType, Value = UnsafeByteOperations.UnsafeWrap(Body) },
        ContentType = ContentType,
    };

    private static List<(string Name, string Value)> HeadersOf(ForwardedAnswer answer)
    {
        var headers = new List<(string, string)>();
        if (answer.Exchange is { } exchange)
        {
            var lines = exchange.Headers;
            while (lines.MoveNext())
            {
                headers.Add((lines.Name, lines.Value));
            }

            return headers;
        }

        foreach (var (name, values) in answer.Message!.Headers.NonValidated.Concat(answer.Message.Content.Headers.NonValidated))
        {
            headers.AddRange(values.Select(value => (name, value)));
        }

        return headers;
    }

    private static string? Find(List<(string Name, string Value)> headers, string name)
        => headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(ForwardedAnswer answer, long limit, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        if (answer.Exchange is { } exchange)
        {
            while (exchange.Left is not 0 && await exchange.ReadAsync(body.GetMemory(ReadSize), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                Take(body, read, limit);
            }

            return body.WrittenMemory;
        }

        var stream = await answer.Message!.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.ReadAsync(body.GetMemory(ReadSize), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                Take(body, read, limit);
            }
        }

        return body.WrittenMemory;
    }

    private static void Take(ArrayBufferWriter<byte> body, int read, long limit)
    {
        body.Advance(read);
        if (body.WrittenCount > limit)
        {
            throw new DaprException(new DaprError(500, "ERR_DIRECT_INVOKE", $"the app's answer is larger than {limit} bytes (--max-body-size)"));
        }
    }
}
