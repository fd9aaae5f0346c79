namespace Grpc.Core;

/// <summary>What a client says about one call.</summary>
/// <param name="headers">Metadata for the server.</param>
/// <param name="deadline">When the call ends at the latest, in UTC; null for never.</param>
/// <param name="cancellationToken">Ends the call.</param>
/// <param name="writeOptions">How the first messages are written.</param>
/// <param name="propagationToken">The call that this one is made for; its deadline and cancellation hold here too.</param>
/// <param name="credentials">Adds metadata, such as a token.</param>
public struct CallOptions(
    Metadata? headers = null,
    DateTime? deadline = null,
    CancellationToken cancellationToken = default,
    WriteOptions? writeOptions = null,
    ContextPropagationToken? propagationToken = null,
    CallCredentials? credentials = null)
{
    /// <summary>Metadata for the server.</summary>
    public Metadata? Headers { get; private set; } = headers;

    /// <summary>When the call ends at the latest, in UTC; null for never.</summary>
    public DateTime? Deadline { get; private set; } = deadline;

    /// <summary>Ends the call.</summary>
    public CancellationToken CancellationToken { get; private set; } = cancellationToken;

    /// <summary>How messages are written.</summary>
    public WriteOptions? WriteOptions { get; private set; } = writeOptions;

    /// <summary>The call that this one is made for.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; } = propagationToken;

    /// <summary>Adds metadata, such as a token.</summary>
    public CallCredentials? Credentials { get; private set; } = credentials;

    /// <summary>Whether to wait for a server that is not there yet, rather than to fail with Unavailable.</summary>
    public bool IsWaitForReady { get; private set; }

    /// <summary>The same with other headers.</summary>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The same with another deadline.</summary>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The same with another token.</summary>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) => this with { CancellationToken = cancellationToken };

    /// <summary>The same with other write options.</summary>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>The same with other credentials.</summary>
    public readonly CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>The same, waiting for a server that is not there yet.</summary>
    public readonly CallOptions WithWaitForReady(bool waitForReady = true) => this with { IsWaitForReady = waitForReady };
}

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait for the next one, so that both go in one packet.</summary>
    BufferHint = 1,

    /// <summary>The message is not compressed although the call is.</summary>
    NoCompress = 2,
}

/// <summary>How messages are written.</summary>
public class WriteOptions(WriteFlags flags = default)
{
    /// <summary>Sent at once, compressed when the call is.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; } = flags;
}

/// <summary>Ties a call to the call that it is made for.</summary>
public abstract class ContextPropagationToken
{
    internal abstract DateTime? Deadline { get; }

    internal abstract CancellationToken CancellationToken { get; }
}
