namespace Tandem.Components.Bindings;

/// <summary>A binding that the app invokes.</summary>
public interface IOutputBinding
{
    /// <summary>The operations that <see cref="InvokeAsync"/> accepts, by name.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>Carries out one operation; <see langword="null"/> when there is nothing to answer.</summary>
    /// <exception cref="BindingException">The operation is unknown or failed.</exception>
    ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken);
}

/// <summary>A binding that calls the app.</summary>
public interface IInputBinding
{
    /// <summary>Starts to deliver events to <paramref name="handler"/> until the result is disposed.</summary>
    ValueTask<IAsyncDisposable> ReadAsync(BindingHandler handler, CancellationToken cancellationToken);
}

/// <summary>Handles one event of an input binding; an exception means that the app did not take it.</summary>
public delegate ValueTask BindingHandler(BindingEvent bindingEvent, CancellationToken cancellationToken);

/// <summary>One operation for an output binding.</summary>
/// <param name="Data">The JSON (or, where it was a JSON string, its text) that the app gave as <c>data</c>.</param>
public sealed record BindingRequest(string Operation, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An output binding's answer.</summary>
public sealed record BindingResponse(ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What an input binding read.</summary>
public sealed record BindingEvent(ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A binding could not do what it was asked; the message is fit for the caller.</summary>
public sealed class BindingException(string message, Exception? innerException = null) : Exception(message, innerException);
