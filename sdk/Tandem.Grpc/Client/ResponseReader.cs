using Grpc.Core;
using Tandem.Grpc.Framing;

namespace Tandem.Grpc.Client;

/// <summary>A client's view of the responses.</summary>
internal sealed class ResponseReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, Task<MessageReader<TResponse>?> start) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private TResponse? _current;
    private bool _isOver;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext was not called, or found none.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_isOver)
        {
            return false;
        }

        try
        {
            var reader = start.IsCompletedSuccessfully ? start.Result : await start.WaitAsync(cancellationToken).ConfigureAwait(false);
            _current = await call.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested && call.Ended is null)
        {
            throw call.Fail(exception);
        }

        _isOver = _current is null;
        return !_isOver;
    }
}
