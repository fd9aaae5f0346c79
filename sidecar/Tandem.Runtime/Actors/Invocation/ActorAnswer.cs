using System.Net.Http.Headers;
using System.Text;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Actors.Invocation;

/// <summary>What an actor's method answered, read to its end: the turn is over. Or why there is no answer.</summary>
public sealed class ActorAnswer
{
    private const int LongestText = 4096;
    private const string CancelHeader = "X-DaprReminderCancel";

    private readonly HttpResponseHeaders? _headers;

    private ActorAnswer(int status, ReadOnlyMemory<byte> body, string? contentType, HttpResponseHeaders? headers, DaprError? error)
    {
        Status = status;
        Body = body;
        ContentType = contentType;
        _headers = headers;
        Error = error;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The method's result.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The result's content type, when there is one.</summary>
    public string? ContentType { get; }

    /// <summary>The answer's headers but those of its content.</summary>
    public HttpHeadersNonValidated Headers => _headers?.NonValidated ?? default;

    /// <summary>What went wrong; <see langword="null"/> when the method answered.</summary>
    public DaprError? Error { get; }

    /// <summary>Why the call failed, also when it was the method itself that did; <see langword="null"/> when it did not.</summary>
    public DaprError? Failure => Error ?? (Status is >= 200 and < 300 ? null : ActorErrors.Invoke($"error from actor service: ({Status}) {ReadText()}"));

    /// <summary>Whether a timer or reminder was told not to come again.</summary>
    internal bool CancelsReminder => _headers is not null && Headers.TryGetValues(CancelHeader, out var values)
        && values.ToString() is { } value && (value is "1" or "y" or "yes" or "on" || bool.TryParse(value, out var cancel) && cancel);

    /// <summary>The body as text, for the message of an error; a long one is cut.</summary>
    internal string ReadText() => Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, LongestText)]);

    internal static ActorAnswer Failed(DaprError error) => new(error.Status, default, null, null, error);

    internal static async Task<ActorAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
        return new((int)response.StatusCode, body, contentType, response.Headers, null);
    }
}
