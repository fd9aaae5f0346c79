namespace Tandem.Grpc.Server;

/// <summary>The end of a client's patience: cancels the call, and says that it was the deadline that did.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _aborted;

    public CallDeadline(TimeSpan patience, CancellationToken aborted)
    {
        _aborted = aborted;
        At = DateTime.UtcNow + patience;
        _source = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _source.CancelAfter(patience);
        Token = _source.Token;
    }

    /// <summary>When it ends, in UTC.</summary>
    public DateTime At { get; }

    /// <summary>Cancelled at the end of patience, and when the client goes.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether the time is over and the client is still there.</summary>
    public bool IsOver => Token.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public void Dispose() => _source.Dispose();
}
