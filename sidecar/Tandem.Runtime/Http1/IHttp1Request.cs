using System.IO.Pipelines;

namespace Tandem.Runtime.Http1;

/// <summary>What is sent: the parts of a request that are the caller's. Framing and Host belong to the connection.</summary>
public interface IHttp1Request
{
    /// <summary>The method, as it goes on the wire.</summary>
    string Method { get; }

    /// <summary>Path and query, as they go on the wire.</summary>
    string PathAndQuery { get; }

    /// <summary>The body. It is read once; a body in memory may be sent again.</summary>
    Http1Body Body { get; }

    /// <summary>Writes the headers, without Host, Content-Length, Transfer-Encoding and Connection.</summary>
    void WriteHeaders(Http1Head head);
}

/// <summary>A request's body: none, in memory, or read from a pipe as it comes.</summary>
public readonly struct Http1Body
{
    private Http1Body(ReadOnlyMemory<byte> memory, PipeReader? reader, long? length, bool isThere)
    {
        Memory = memory;
        Reader = reader;
        Length = length;
        IsThere = isThere;
    }

    /// <summary>Whether there is a body, be it empty.</summary>
    public bool IsThere { get; }

    internal ReadOnlyMemory<byte> Memory { get; }

    internal PipeReader? Reader { get; }

    /// <summary>Its length; <see langword="null"/> when only the end of the pipe says how long it is: it goes out in chunks.</summary>
    public long? Length { get; }

    /// <summary>A body in memory.</summary>
    public static Http1Body Of(ReadOnlyMemory<byte> memory) => new(memory, null, memory.Length, isThere: true);

    /// <summary>A body that is read while it is sent.</summary>
    /// <param name="reader">Read by the exchange until it is disposed; never completed by it.</param>
    /// <param name="length">Its length, when it is known.</param>
    public static Http1Body Of(PipeReader reader, long? length) => new(default, reader, length, isThere: true);
}
