using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tandem.Grpc.Protocol;

/// <summary>Metadata as HTTP's headers and trailers, both ways and on both sides.</summary>
internal static class MetadataHeaders
{
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(static code => code.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>What a client sent.</summary>
    /// <exception cref="RpcException">The value of a binary header is not base64.</exception>
    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            if (HeaderNames.IsHiddenOfRequest(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                Add(metadata, name, value ?? "", isStrict: true);
            }
        }

        return metadata;
    }

    /// <summary>What a server sent, as headers or trailers.</summary>
    public static Metadata Read(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (HeaderNames.IsOwnOfResponse(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                Add(metadata, name, value, isStrict: false);
            }
        }

        return metadata;
    }

    /// <summary>Writes metadata to headers or trailers.</summary>
    public static void Write(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!HeaderNames.IsOwnOfResponse(entry.Key))
            {
                headers[entry.Key] = StringValues.Concat(headers[entry.Key], ToText(entry));
            }
        }
    }

    /// <summary>Writes a status and what comes with it.</summary>
    public static void WriteStatus(IHeaderDictionary headers, Status status, Metadata? trailers)
    {
        headers[HeaderNames.Status] = ToText(status.StatusCode);
        if (status.Detail.Length > 0)
        {
            headers[HeaderNames.Message] = PercentEncoding.Encode(status.Detail);
        }

        if (trailers is { Count: > 0 })
        {
            Write(headers, trailers);
        }
    }

    /// <summary>Writes a client's metadata to its request.</summary>
    public static void Write(HttpRequestHeaders headers, Metadata metadata)
    {
        for (var i = 0; i < metadata.Count; i++)
        {
            var entry = metadata[i];
            if (HeaderNames.IsOwnOfRequest(entry.Key))
            {
                continue;
            }

            if (!entry.IsBinary)
            {
                headers.TryAddWithoutValidation(entry.Key, entry.Value);
            }
            else if (IsFirst(metadata, i))
            {
                // HttpClient would join them with a blank after the comma. At the end, after an empty value, that is no header for HTTP/2.
                headers.TryAddWithoutValidation(entry.Key, string.Join(',', metadata.GetAll(entry.Key).Select(ToText)));
            }
        }
    }

    private static bool IsFirst(Metadata metadata, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (metadata[i].Key == metadata[index].Key)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value as it goes on the wire.</summary>
    /// <exception cref="RpcException">A text is not printable ASCII.</exception>
    private static string ToText(Metadata.Entry entry)
        => entry.IsBinary ? BinaryHeader.Encode(entry.ValueBytes)
            : Ascii.IsValid(entry.Value) && !entry.Value.AsSpan().ContainsAnyInRange('\0', '\x1f') && !entry.Value.Contains('\x7f', StringComparison.Ordinal) ? entry.Value
            : throw new RpcException(new Status(StatusCode.Internal, $"The value of the metadata '{entry.Key}' is not printable ASCII: other texts need a key that ends in {Metadata.BinaryHeaderSuffix}."));

    private static string ToText(StatusCode code)
        => (int)code is >= 0 and < 17 and var index ? Codes[index] : ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Add(Metadata metadata, string name, string value, bool isStrict)
    {
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            if (BinaryHeader.Decode(value.AsSpan()[part]) is { } bytes)
            {
                metadata.Add(name, bytes);
            }
            else if (isStrict)
            {
                throw new RpcException(new Status(StatusCode.Internal, $"The value of the header '{name}' is not base64."));
            }
        }
    }
}
