using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Sidecar.Hosting;

/// <summary>
/// HTTP/2 without TLS on a port that also speaks HTTP/1.1, which Kestrel does not offer by itself. A connection that begins with HTTP/2's
/// preface is given to a second listener of the same server, which speaks nothing else and has no port of its own.
/// </summary>
internal sealed class Http2Handover(IConnectionListenerFactory sockets, TimeSpan patience) : IConnectionListenerFactory
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n"u8.ToArray();

    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>Where the second listener is bound.</summary>
    public EndPoint EndPoint { get; } = new HandoverEndPoint();

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        => ReferenceEquals(endpoint, EndPoint) ? ValueTask.FromResult<IConnectionListener>(new Listening(EndPoint, _connections)) : sockets.BindAsync(endpoint, cancellationToken);

    /// <summary>Looks at how the connection begins, and lets it go on in the protocol that it speaks.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        if (!await SpeaksHttp2Async(connection).ConfigureAwait(false))
        {
            await http1(connection).ConfigureAwait(false);
            return;
        }

        var handedOver = new HandedOver(connection);
        if (_connections.Writer.TryWrite(handedOver))
        {
            await handedOver.Ended.ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> SpeaksHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        if (!input.TryRead(out var result))
        {
            var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, closing);
            ended.CancelAfter(patience);
            try
            {
                result = await input.ReadAsync(ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Closed, or silent: HTTP/1.1 knows what to do with it.
                return false;
            }
        }

        // The preface comes in one piece, as clients send it before anything else.
        var isHttp2 = IsPreface(result.Buffer);
        input.AdvanceTo(result.Buffer.Start);
        return isHttp2;
    }

    private static bool IsPreface(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < Preface.Length)
        {
            return false;
        }

        Span<byte> first = stackalloc byte[Preface.Length];
        buffer.Slice(0, Preface.Length).CopyTo(first);
        return first.SequenceEqual(Preface);
    }

    private sealed class HandoverEndPoint : EndPoint
    {
        public override string ToString() => "http2-handover";
    }

    private sealed class Listening(EndPoint endPoint, Channel<ConnectionContext> connections) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
            => await connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && connections.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            connections.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    /// <summary>The same connection for the second listener: what that sets and closes is its own, until it is done.</summary>
    private sealed class HandedOver(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override string ConnectionId { get; set; } = inner.ConnectionId;

        public override IFeatureCollection Features { get; } = new FeatureCollection(inner.Features);

        public override IDictionary<object, object?> Items { get; set; } = inner.Items;

        public override IDuplexPipe Transport { get; set; } = inner.Transport;

        public override CancellationToken ConnectionClosed { get; set; } = inner.ConnectionClosed;

        public override EndPoint? LocalEndPoint { get; set; } = inner.LocalEndPoint;

        public override EndPoint? RemoteEndPoint { get; set; } = inner.RemoteEndPoint;

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
