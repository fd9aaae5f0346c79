namespace Tandem.Components.Http.Middleware.Uppercase;

/// <summary>A body that is read in capital letters as it comes.</summary>
internal sealed class UppercaseReader(Stream body) : ForwardOnlyStream
{
    private const int Chunk = 4096;
    private const int LongestRune = 4;

    private readonly byte[] _raw = new byte[Chunk];
    private readonly byte[] _ready = new byte[UppercaseText.LongestResult(Chunk)];
    private int _rawLength;
    private int _readyStart;
    private int _readyEnd;
    private bool _isEnd;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_readyStart == _readyEnd && !(_isEnd && _rawLength == 0))
        {
            if (!_isEnd)
            {
                var read = await body.ReadAsync(_raw.AsMemory(_rawLength, Chunk - LongestRune), cancellationToken).ConfigureAwait(false);
                _isEnd = read == 0;
                _rawLength += read;
            }

            (var used, _readyEnd) = UppercaseText.Transform(_raw.AsSpan(0, _rawLength), _ready, _isEnd);
            _readyStart = 0;
            _rawLength -= used;
            _raw.AsSpan(used, _rawLength).CopyTo(_raw);
        }

        var count = Math.Min(buffer.Length, _readyEnd - _readyStart);
        _ready.AsMemory(_readyStart, count).CopyTo(buffer);
        _readyStart += count;
        return count;
    }
}
