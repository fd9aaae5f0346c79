using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Tandem.Runtime.AppChannel;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

/// <summary>An app that is a function. What it is sent is kept in order.</summary>
internal sealed class FakeApp : IAppChannel
{
    private TaskCompletionSource _healthy = Healthy();
    private readonly Channel<AppRequest> _received = Channel.CreateUnbounded<AppRequest>();

    public bool IsConfigured { get; init; } = true;

    public bool IsHealthy => _healthy.Task.IsCompleted;

    /// <summary>All requests so far.</summary>
    public ConcurrentQueue<AppRequest> All { get; } = new();

    /// <summary>What the app answers; 200 when it says nothing else.</summary>
    public Func<AppRequest, Task<HttpResponseMessage>> Answer { get; set; } = static _ => Ok();

    public static Task<HttpResponseMessage> Ok(string text = "", HttpStatusCode status = HttpStatusCode.OK)
        => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(text) });

    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => _healthy.Task.WaitAsync(cancellationToken);

    /// <summary>The app goes away: calls of it do not get through until <see cref="ComeUp"/>.</summary>
    public void GoDown() => _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ComeUp() => _healthy.TrySetResult();

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var received = new AppRequest(
            request.Method.Method,
            request.RequestUri!.OriginalString,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
                .ToDictionary(static h => h.Key, static h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
        if (!IsHealthy)
        {
            throw new AppUnreachableException("the app is down");
        }

        All.Enqueue(received);
        await _received.Writer.WriteAsync(received, cancellationToken);
        return await Answer(received).WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource Healthy()
    {
        var healthy = new TaskCompletionSource();
        healthy.SetResult();
        return healthy;
    }

    /// <summary>The next request that nobody has looked at.</summary>
    public Task<AppRequest> NextAsync() => _received.Reader.ReadAsync().AsTask().WithinAsync("the app is called");

    /// <summary>Whether all requests were looked at.</summary>
    public bool IsQuiet => _received.Reader.Count == 0;
}

internal sealed record AppRequest(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Line => $"{Method} {Path}";
}
