using System.Buffers;

namespace Tandem.Components.Http.Middleware.Uppercase;

/// <summary>A body that is written in capital letters as it comes.</summary>
internal sealed class UppercaseWriter(Stream body) : ForwardOnlyStream
{
    private const int LongestRune = 4;

    private readonly byte[] _rest = new byte[LongestRune];
    private int _restLength;

    public override bool CanWrite => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => WriteAsync(buffer, isEnd: false, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    /// <summary>Writes what could have been the beginning of a rune.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _restLength == 0 ? default : WriteAsync(default, isEnd: true, cancellationToken);

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, bool isEnd, CancellationToken cancellationToken)
    {
        var length = _restLength + buffer.Length;
        var raw = ArrayPool<byte>.Shared.Rent(length);
        var ready = ArrayPool<byte>.Shared.Rent(UppercaseText.LongestResult(length));
        try
        {
            _rest.AsSpan(0, _restLength).CopyTo(raw);
            buffer.Span.CopyTo(raw.AsSpan(_restLength));
            var (read, written) = UppercaseText.Transform(raw.AsSpan(0, length), ready, isEnd);
            _restLength = length - read;
            raw.AsSpan(read, _restLength).CopyTo(_rest);
            await body.WriteAsync(ready.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(ready);
        }
    }
}
