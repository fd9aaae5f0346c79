using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tandem.Components.Middleware;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Errors;
using Tandem.Sidecar.Grpc;
using Tandem.Sidecar.Grpc.Errors;
using Tandem.Sidecar.Http;

namespace Tandem.Sidecar.Hosting;

/// <summary>What Kestrel calls for each request; there is no pipeline in between.</summary>
internal sealed partial class SidecarApplication(ILogger<SidecarApplication> logger) : IHttpApplication<HttpContext>
{
    private static readonly DaprError Broken = new(StatusCodes.Status500InternalServerError, "ERR_INTERNAL", "the sidecar failed to carry out the request; its log says why");

    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps the features object of a connection, and with it the context that was made for it.
        if (contextFeatures is IHostContextContainer<HttpContext> { HostContext: DefaultHttpContext kept })
        {
            kept.Initialize(contextFeatures);
            return kept;
        }

        var context = new DefaultHttpContext(contextFeatures);
        if (contextFeatures is IHostContextContainer<HttpContext> container)
        {
            container.HostContext = context;
        }

        return context;
    }

    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();

    public Task ProcessRequestAsync(HttpContext context)
    {
        var listener = context.Features.Get<Listener>()!;
        return listener.Kind is ListenerKind.Grpc ? AnswerGrpcAsync(context, listener.Sidecar)
            : listener.Kind is ListenerKind.Api && (listener.Sidecar.Metrics is not null || listener.Sidecar.ApiLog is not null)
            ? AnswerAndRecordAsync(context, listener)
            : AnswerAsync(context, listener);
    }

    /// <summary>Whatever a method throws is its status by now; what comes here is the connection's end, or a fault of the sidecar.</summary>
    private async Task AnswerGrpcAsync(HttpContext context, SidecarInstance sidecar)
    {
        try
        {
            await GrpcRouter.DispatchAsync(context, sidecar).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException or ConnectionResetException)
        {
            context.Abort();
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await GrpcErrors.RefuseAsync(context, Broken).ConfigureAwait(false);
        }
    }

    private async Task AnswerAndRecordAsync(HttpContext context, Listener listener)
    {
        var sidecar = listener.Sidecar;
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // Several requests share the connection.
            listener = listener with { };
            context.Features.Set(listener);
        }

        listener.ResponseBytes = 0;
        var began = Stopwatch.GetTimestamp();
        await AnswerAsync(context, listener).ConfigureAwait(false);
        var path = RequestTarget.PathOf(RequestTarget.Get(context));
        sidecar.Metrics?.HttpServer.Record(
            context.Request.Method,
            path,
            context.Response.StatusCode,
            began,
            context.Request.ContentLength ?? 0,
            context.Response.ContentLength ?? listener.ResponseBytes);
        sidecar.ApiLog?.Write(context, context.Response.ContentLength ?? listener.ResponseBytes, Stopwatch.GetElapsedTime(began));
    }

    private async Task AnswerAsync(HttpContext context, Listener listener)
    {
        try
        {
            await ApiRouter.DispatchAsync(context, listener).ConfigureAwait(false);
        }
        catch (DaprException exception) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, exception.Error).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted && HttpHandlers.AsRefused(exception) is { } refused)
        {
            var error = refused.StatusCode is StatusCodes.Status413PayloadTooLarge
                ? BodyReader.TooLarge(listener.Sidecar.Options.MaxBodySize)
                : new DaprError(refused.StatusCode, "ERR_BODY_READ", $"failed to read request body: {refused.Message}");
            await ErrorWriter.WriteAsync(context, error).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException or ConnectionResetException)
        {
            // The caller went away: nobody is left to answer.
            context.Abort();
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted)
            {
                // A body that breaks off must not look whole.
                context.Abort();
                return;
            }

            await ErrorWriter.WriteAsync(context, Broken).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path);
    }
}
