using System.IO.Pipelines;
using Grpc.Core;
using Tandem.Runtime.Crypto;
using Tandem.Runtime.Errors;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Crypto;

/// <summary>The bytes that the messages of a stream carry. The next message is read only when there is room for it.</summary>
internal sealed class PayloadInput<TRequest>(
    IAsyncStreamReader<TRequest> requests, Func<TRequest, Proto.StreamPayload?> payloadOf, Func<TRequest, bool> hasOptions, CancellationToken cancellationToken) : IAsyncDisposable
    where TRequest : class
{
    /// <summary>How long the first message may take: until it is there nobody knows what the call is for.</summary>
    private static readonly TimeSpan FirstMessage = TimeSpan.FromSeconds(5);

    private readonly Pipe _pipe = new();
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task _pump = Task.CompletedTask;

    /// <summary>The bytes.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>Reads the first message, and begins with the bytes.</summary>
    public async Task<TRequest> ReadFirstAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        patience.CancelAfter(FirstMessage);
        try
        {
            if (!await requests.MoveNext(patience.Token).ConfigureAwait(false))
            {
                throw new DaprException(CryptoManager.Failed("the stream ended before its first message"));
            }
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            throw new DaprException(CryptoManager.BadRequest($"no first message came within {FirstMessage.TotalSeconds} s"));
        }

        var first = requests.Current;
        _pump = PumpAsync(first);
        return first;
    }

    /// <summary>Stops to read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task PumpAsync(TRequest first)
    {
        Exception? fault = null;
        try
        {
            var expected = 0UL;
            for (var request = first; request is not null;)
            {
                if (payloadOf(request) is { } payload)
                {
                    if (payload.Seq != expected)
                    {
                        throw new DaprException(CryptoManager.Failed($"invalid sequence number received: {payload.Seq} (expected: {expected})"));
                    }

                    expected++;
                    var flushed = await _pipe.Writer.WriteAsync(payload.Data.Memory, _stopping.Token).ConfigureAwait(false);
                    if (flushed.IsCompleted)
                    {
                        return;
                    }
                }

                request = await requests.MoveNext(_stopping.Token).ConfigureAwait(false) ? requests.Current : null;
                if (request is not null && hasOptions(request))
                {
                    throw new DaprException(CryptoManager.Failed("options found in non-leading message"));
                }
            }
        }
#pragma warning disable CA1031 // Whoever reads the bytes hears of it, and the call ends with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }
        finally
        {
            await _pipe.Writer.CompleteAsync(fault).ConfigureAwait(false);
        }
    }
}
