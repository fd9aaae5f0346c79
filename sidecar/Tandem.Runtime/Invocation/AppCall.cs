using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Invocation;

/// <summary>The last step of a call from app to app, at the sidecar of the called one.</summary>
internal static class AppCall
{
    /// <summary>Gives the call to the app; counts and traces it where that is asked for.</summary>
    /// <param name="caller">The calling app.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ForwardedAnswer> SendAsync(
        AppChannelBase app, IInvocationRequest request, AddedHeaders added, string caller, CancellationToken cancellationToken)
    {
        var meter = app.Metrics?.Invocation.From(caller);
        meter?.Received();
        var answer = app.Tracing is { } tracing
            ? await SendTracedAsync(tracing, app, request, added, cancellationToken).ConfigureAwait(false)
            : await app.ForwardAsync(request, added, cancellationToken).ConfigureAwait(false);
        meter?.Answered(answer.StatusCode);
        return answer;
    }

    private static async ValueTask<ForwardedAnswer> SendTracedAsync(
        TraceContext tracing, AppChannelBase app, IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        var method = request.PathAndQuery.Split('?', 2)[0].TrimStart('/');
        using var span = tracing.Start($"CallLocal/{app.AppId}/{method}", ActivityKind.Server, request.TraceParent, request.TraceState);
        if (span is not null)
        {
            request.TraceParent = span.Id;
        }

        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("rpc.service", "ServiceInvocation");
            span.SetTag("dapr.invoke_method", method);
            span.SetTag("net.peer.name", app.AppId);
        }

        try
        {
            var answer = await app.ForwardAsync(request, added, cancellationToken).ConfigureAwait(false);
            span?.SetOutcome(answer.StatusCode);
            return answer;
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }
}
