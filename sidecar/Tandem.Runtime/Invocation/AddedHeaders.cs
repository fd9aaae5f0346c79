using System.Text;

namespace Tandem.Runtime.Invocation;

/// <summary>Headers that the sidecar adds to every request of one kind, made ready once.</summary>
public sealed class AddedHeaders
{
    /// <summary>No header.</summary>
    public static readonly AddedHeaders None = new();

    private readonly (string Name, string Value)[] _headers;

    /// <summary>Makes the headers ready.</summary>
    public AddedHeaders(params (string Name, string Value)[] headers)
    {
        _headers = headers;
        Lines = Encoding.UTF8.GetBytes(string.Concat(headers.Select(static header => $"{header.Name}: {header.Value}\r\n")));
    }

    /// <summary>The headers as they go on the wire.</summary>
    public ReadOnlyMemory<byte> Lines { get; }

    /// <summary>These headers and one more.</summary>
    public AddedHeaders And(string name, string value) => new([.. _headers, (name, value)]);

    /// <summary>Adds them to a message.</summary>
    public void AddTo(HttpRequestMessage message)
    {
        foreach (var (name, value) in _headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
