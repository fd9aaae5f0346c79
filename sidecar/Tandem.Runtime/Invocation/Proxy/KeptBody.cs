using System.Buffers;
using Polly;

namespace Tandem.Runtime.Invocation.Proxy;

/// <summary>What was read of a call's body, so that the call can be made again. A body that grows too large is not kept.</summary>
public sealed class KeptBody(long limit)
{
    /// <summary>Under this key a pipeline finds the body of the call that it carries out.</summary>
    public static readonly ResiliencePropertyKey<KeptBody?> Key = new("kept-body");

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private bool _isTooLarge;

    /// <summary>Whether all of the body is here: only then may the call be made again.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What there is.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Keeps a part.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        _isTooLarge |= _bytes.WrittenCount + part.Length > limit;
        if (!_isTooLarge)
        {
            _bytes.Write(part);
        }
    }

    /// <summary>There is no more.</summary>
    public void End() => IsWhole = !_isTooLarge;
}
