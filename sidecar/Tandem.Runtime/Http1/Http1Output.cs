using System.IO.Pipelines;
using System.Net.Sockets;

namespace Tandem.Runtime.Http1;

/// <summary>Sends a request: its head, and its body behind it or beside the reading of the answer.</summary>
internal sealed class Http1Output(Socket socket)
{
    /// <summary>A body up to this size goes out with the head, in one packet or two.</summary>
    private const int SmallBody = 16 * 1024;

    private readonly Http1Head _head = new();

    /// <summary>
    /// Sends head and body. A large or streamed body is still on its way when this returns: the answer is read meanwhile, because the other side may
    /// answer while it reads, and would stop reading when nobody takes its answer.
    /// </summary>
    /// <returns>The rest of the body's way.</returns>
    public ValueTask<Task> SendAsync(IHttp1Request request, string pathPrefix, ReadOnlySpan<byte> ownLines, ReadOnlySpan<byte> addedLines, CancellationToken cancellationToken)
    {
        var body = request.Body;
        _head.Begin(request.Method, pathPrefix, request.PathAndQuery);
        _head.Write(ownLines);
        _head.Write(addedLines);
        request.WriteHeaders(_head);
        if (body.IsThere)
        {
            if (body.Length is { } length)
            {
                _head.WriteLength(length);
            }
            else
            {
                _head.Write("Transfer-Encoding: chunked\r\n"u8);
            }
        }

        _head.Write("\r\n"u8);
        return SendAsync(body, cancellationToken);
    }

    private async ValueTask<Task> SendAsync(Http1Body body, CancellationToken cancellationToken)
    {
        if (body.Length <= SmallBody && TryTakeWhole(body))
        {
            await SendAllAsync(_head.Written, cancellationToken).ConfigureAwait(false);
            return Task.CompletedTask;
        }

        await SendAllAsync(_head.Written, cancellationToken).ConfigureAwait(false);
        return body.Reader is { } reader ? SendReaderAsync(reader, body.Length is null, cancellationToken)
            : body.IsThere ? SendAllAsync(body.Memory, cancellationToken).AsTask()
            : Task.CompletedTask;
    }

    /// <summary>Puts a small body that is here already behind the head.</summary>
    private bool TryTakeWhole(Http1Body body)
    {
        if (body.Reader is not { } reader)
        {
            _head.Write(body.Memory.Span);
            return true;
        }

        if (!reader.TryRead(out var result))
        {
            return false;
        }

        if (result.Buffer.Length < body.Length)
        {
            // It is read again, with what comes after it.
            reader.AdvanceTo(result.Buffer.Start);
            return false;
        }

        foreach (var part in result.Buffer)
        {
            _head.Write(part.Span);
        }

        reader.AdvanceTo(result.Buffer.End);
        return true;
    }

    private async Task SendReaderAsync(PipeReader reader, bool inChunks, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The exchange ended before the request's body was sent.");
            }

            foreach (var part in result.Buffer)
            {
                if (inChunks)
                {
                    await SendChunkAsync(part, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await SendAllAsync(part, cancellationToken).ConfigureAwait(false);
                }
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        if (inChunks)
        {
            await SendAllAsync("0\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask SendChunkAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.IsEmpty)
        {
            return ValueTask.CompletedTask; // An empty chunk would end the body.
        }

        _head.Clear();
        _head.WriteChunk(data.Span);
        return SendAllAsync(_head.Written, cancellationToken);
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }
}
