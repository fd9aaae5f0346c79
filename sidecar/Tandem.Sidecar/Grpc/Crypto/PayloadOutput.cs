using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Crypto;

/// <summary>Sends what is written to it as the messages of a stream, one for each flush, numbered from 0.</summary>
internal sealed class PayloadOutput(Func<Proto.StreamPayload, Task> send) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private ulong _sent;

    public override void Advance(int bytes) => _buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.WrittenCount > 0)
        {
            var payload = new Proto.StreamPayload { Seq = _sent++, Data = ByteString.CopyFrom(_buffer.WrittenSpan) };
            _buffer.ResetWrittenCount();
            await send(payload).ConfigureAwait(false);
        }

        return default;
    }

    public override void CancelPendingFlush() => throw new NotSupportedException("A message that is being sent is cancelled with its call.");

    public override void Complete(Exception? exception = null)
    {
        // The call's end is the stream's.
    }
}
