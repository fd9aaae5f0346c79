using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>Messages that come in.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false at the end of the stream.</summary>
    /// <exception cref="RpcException">On the client: the call did not end with OK.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>Messages that go out, one after the other.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are written; null for the call's own.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; the other side's slowness is felt here. One write at a time.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes a message; when cancelled, the call is cancelled.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        return cancellationToken.CanBeCanceled
            ? throw new NotSupportedException("This writer cannot cancel a write.")
            : WriteAsync(message);
    }
}

/// <summary>A client's requests.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>There are no more requests.</summary>
    Task CompleteAsync();
}

/// <summary>A server's responses; the method's return ends them.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;

/// <summary>Reading of streams.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>All messages to come.</summary>
    public static async IAsyncEnumerable<T> ReadAllAsync<T>(this IAsyncStreamReader<T> streamReader, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await streamReader.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            yield return streamReader.Current;
        }
    }

    /// <summary>Waits for the next message.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader) => streamReader.MoveNext(CancellationToken.None);
}
