namespace Tandem.Runtime.Http1;

/// <summary>Goes through the headers of an answer, in their order.</summary>
public ref struct Http1Headers
{
    private ReadOnlySpan<byte> _lines;
    private ReadOnlySpan<byte> _value;

    internal Http1Headers(ReadOnlySpan<byte> lines) => _lines = lines;

    /// <summary>The name of the present header.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The value of the present header.</summary>
    public readonly string Value => HeaderStrings.Get(_value);

    /// <summary>Goes to the next header.</summary>
    public bool MoveNext()
    {
        var lines = _lines;
        var isThere = AnswerHead.TryTakeHeader(ref lines, out var name, out var value);
        _lines = lines;
        _value = value;
        Name = HeaderStrings.Get(name);
        return isThere;
    }
}
