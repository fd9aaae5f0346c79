namespace Grpc.Core;

/// <summary>The end of a call: a code, and a text for people.</summary>
public readonly struct Status : IEquatable<Status>
{
    /// <summary>Success without a text.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled without a text.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    private readonly string? _detail;

    /// <summary>Makes a status.</summary>
    /// <param name="statusCode">How the call ended.</param>
    /// <param name="detail">A text for people; any Unicode.</param>
    /// <param name="debugException">What happened on this side; never sent.</param>
    public Status(StatusCode statusCode, string? detail, Exception? debugException = null)
    {
        StatusCode = statusCode;
        _detail = detail;
        DebugException = debugException;
    }

    /// <summary>How the call ended.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>A text for people.</summary>
    public string Detail => _detail ?? "";

    /// <summary>What happened on this side, for logs; never sent.</summary>
    public Exception? DebugException { get; }

    /// <inheritdoc/>
    public override string ToString() => DebugException is null
        ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
        : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", DebugException=\"{DebugException.GetType()}: {DebugException.Message}\")";

    /// <inheritdoc/>
    public bool Equals(Status other) => StatusCode == other.StatusCode && string.Equals(Detail, other.Detail, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Status other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StatusCode, Detail);

    /// <summary>The same code and text.</summary>
    public static bool operator ==(Status left, Status right) => left.Equals(right);

    /// <summary>Another code or text.</summary>
    public static bool operator !=(Status left, Status right) => !left.Equals(right);
}
