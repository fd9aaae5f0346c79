using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Polly;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Invocation;
using Tandem.Runtime.Invocation.Proxy;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Tracing;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>One call on its way through the sidecar.</summary>
/// <param name="http">The call as it came.</param>
/// <param name="sidecar">The sidecar that it came to.</param>
/// <param name="target">Whom it is for; <see langword="null"/> for the sidecar's own app, as another sidecar asks.</param>
/// <param name="path">The method.</param>
#pragma warning disable CA1001 // The body belongs to its request, and holds nothing of its own.
internal sealed class ProxiedCall(HttpContext http, SidecarInstance sidecar, InvocationTarget? target, string path)
#pragma warning restore CA1001
{
    private readonly long _limit = sidecar.Options.MaxBodySize;
    private KeptBody? _kept;
    private ProxiedBody? _body;
    private CallerMeter? _callerMeter;
    private Activity? _span;
    private Activity? _appSpan;

    /// <summary>Carries the call out; whatever happens, the caller gets a status.</summary>
    public static Task RunAsync(HttpContext http, SidecarInstance sidecar, InvocationTarget? target, string path)
        => new ProxiedCall(http, sidecar, target, path).RunAsync();

    private async Task RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        target?.Meter?.Sent();
        if (target is not null && sidecar.Blocks.Tracing is { } tracing)
        {
            _span = StartSpan(tracing, path, ActivityKind.Client, target.Name);
        }

        var status = StatusCode.Cancelled;
        using var deadline = CallDeadline.Start(http);
        HttpResponseMessage? answer = null;
        try
        {
            answer = target?.ProxyPipeline is { } pipeline
                ? await SendAsync(pipeline, target.MayRepeat, deadline.Token).ConfigureAwait(false)
                : await SendAsync(deadline.Token).ConfigureAwait(false);
            status = await ProxiedAnswer.CopyAsync(answer, http, _limit, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (End(exception, deadline.HasPassed) is not { } ended)
            {
                throw;
            }

            status = ended;
        }
        finally
        {
            answer?.Dispose();
            await (_body?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
            _callerMeter?.Answered((int)status);
            if (target is not null)
            {
                target.Meter?.Answered((int)status, began);
                sidecar.Metrics?.GrpcServer.For(path).Ended(status, began);
                sidecar.Blocks.GrpcApiLog?.Write(path, http.Request.Headers.UserAgent, status, Stopwatch.GetElapsedTime(began));
            }

            EndSpan(_appSpan, status);
            EndSpan(_span, status);
        }
    }

    /// <summary>Gives the caller the status of a failure; <see langword="null"/> for a failure that is the sidecar's own.</summary>
    private StatusCode? End(Exception exception, bool isLate)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
            return StatusCode.Cancelled;
        }

        var found = isLate ? new Status(StatusCode.DeadlineExceeded, "the call's deadline has passed")
            : _body?.Fault is RpcException fault ? fault.Status
            : ProxyFaults.StatusOf(exception);
        if (found is not { } status)
        {
            return null;
        }

        GrpcAnswer.End(http, status);
        return status.StatusCode;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(ResiliencePipeline<HttpResponseMessage> pipeline, bool mayRepeat, CancellationToken cancellationToken)
    {
        // A caller that streams says so, as Dapr asks for it: then nothing is kept.
        if (mayRepeat && http.Request.Headers["dapr-stream"].ToString() is not ("true" or "1"))
        {
            _kept = new KeptBody(_limit);
        }

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(KeptBody.Key, _kept);
        try
        {
            return await pipeline.ExecuteAsync(
                static (context, call) => call.SendAsync(context.CancellationToken),
                context,
                this).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Sends the call once.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        var invoker = sidecar.Blocks.Invoker;
        var hop = target is null
            ? await invoker.FindHopAsync(sidecar.App, cancellationToken).ConfigureAwait(false)
            : await invoker.FindHopAsync(target, path, cancellationToken).ConfigureAwait(false);
        if (hop.App is { } app)
        {
            Receive(app);
        }

        var body = _body = new ProxiedBody(http, _limit, _kept);
        var request = hop.Channel.CreateRequest(path, body);
        ProxyHeaders.Copy(http.Request.Headers, request, keepCaller: target is null, (_appSpan ?? _span)?.Id);
        hop.Headers.AddTo(request);
        if (hop.App?.Token is { } token)
        {
            request.Headers.TryAddWithoutValidation(AppChannelBase.TokenHeader, token);
        }

        try
        {
            return await hop.Channel.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await body.StopAsync().ConfigureAwait(false);
            if (body.Fault is not RpcException && ProxyFaults.IsRefused(exception))
            {
                invoker.ReportRefused(hop);
            }

            if (exception is HttpRequestException && ProxyFaults.StatusOf(exception) is { } status)
            {
                throw new RpcException(status, exception.Message);
            }

            throw;
        }
    }

    /// <summary>The app is about to be called: counts and traces that at its own sidecar.</summary>
    private void Receive(AppChannelBase app)
    {
        var caller = target is null ? http.Request.Headers[InvocationHeaders.CallerAppId].ToString() : sidecar.Options.AppId;
        _callerMeter = app.Metrics?.Invocation.From(caller);
        _callerMeter?.Received();
        if (app.Tracing is { } tracing)
        {
            EndSpan(_appSpan, StatusCode.Unavailable);
            _appSpan = StartSpan(tracing, $"CallLocal/{app.AppId}{path}", ActivityKind.Server, app.AppId);
        }
    }

    private Activity? StartSpan(TraceContext tracing, string name, ActivityKind kind, string appId)
    {
        var headers = http.Request.Headers;
        var span = tracing.Start(name, kind, _span?.Id ?? ProxyHeaders.TraceParentOf(headers), headers.TraceState);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("rpc.service", "ServiceInvocation");
            span.SetTag("dapr.protocol", "grpc");
            span.SetTag("dapr.invoke_method", path);
            span.SetTag("net.peer.name", appId);
        }

        return span;
    }

    private static void EndSpan(Activity? span, StatusCode status)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag("rpc.grpc.status_code", (int)status);
        span.SetStatus(status is StatusCode.OK ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        span.Dispose();
    }
}
