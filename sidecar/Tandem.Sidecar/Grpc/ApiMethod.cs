using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Grpc;
using Tandem.Runtime.Tracing;
using Tandem.Sidecar.Grpc.ApiLogging;
using Tandem.Sidecar.Grpc.Errors;
using Tandem.Sidecar.Grpc.Tracing;

namespace Tandem.Sidecar.Grpc;

/// <summary>What all calls of one method of the Dapr service pass: a span, errors as statuses, measures, and a line in the log.</summary>
internal sealed partial class ApiMethod
{
    private readonly string _name;
    private readonly TraceContext? _tracing;
    private readonly SidecarMetrics? _metrics;
    private readonly GrpcMethodMeter? _meter;
    private readonly GrpcApiLog? _log;
    private readonly ILogger _logger;

    /// <param name="name">The path of the method's calls.</param>
    public ApiMethod(string name, BuildingBlocks blocks, ILogger logger)
    {
        _name = name;
        _tracing = blocks.Tracing;
        _metrics = blocks.Metrics;
        _meter = blocks.Metrics?.GrpcServer.For(name);
        _log = blocks.GrpcApiLog;
        _logger = logger;
    }

    /// <summary>Answers a call with one request and one answer.</summary>
    public async Task<TResponse> RunAsync<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> method, TRequest request, ServerCallContext context)
        where TRequest : class
        where TResponse : class
    {
        var began = Stopwatch.GetTimestamp();
        using var span = StartSpan(context.GetHttpContext(), request);
        TResponse? response = null;
        var status = StatusCode.OK;
        try
        {
            response = await method(request, context).ConfigureAwait(false);
            status = context.Status.StatusCode;
            return response;
        }
        catch (Exception exception)
        {
            var failure = Translate(exception, context);
            status = failure.StatusCode;
            throw failure;
        }
        finally
        {
            _meter?.Ended(status, began);
            _meter?.Carried(SizeOf(request), SizeOf(response));
            End(context, span, status, began);
        }
    }

    /// <summary>Carries out a call whose messages the method reads or writes by itself.</summary>
    public async Task RunAsync(Func<Task> method, ServerCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        using var span = StartSpan(context.GetHttpContext(), null);
        var status = StatusCode.OK;
        try
        {
            await method().ConfigureAwait(false);
            status = context.Status.StatusCode;
        }
        catch (Exception exception)
        {
            var failure = Translate(exception, context);
            status = failure.StatusCode;
            throw failure;
        }
        finally
        {
            _meter?.Ended(status, began);
            End(context, span, status, began);
        }
    }

    private Activity? StartSpan(HttpContext http, object? request)
    {
        var headers = http.Request.Headers;
        GrpcTraceHeaders.Unify(headers);
        if (_tracing is null || _tracing.Start(_name, ActivityKind.Client, headers.TraceParent, headers.TraceState) is not { } span)
        {
            return null;
        }

        // Whatever the call leads to has the span as its parent, by the call's own header; the caller hears of it too.
        headers.TraceParent = span.Id;
        http.Response.Headers[GrpcTraceHeaders.Binary] = GrpcTraceHeaders.Write(span);
        if (span.IsAllDataRequested)
        {
            GrpcSpanTags.Set(span, _name, request);
        }

        return span;
    }

    private void End(ServerCallContext context, Activity? span, StatusCode status, long began)
    {
        if (span is not null)
        {
            span.SetTag("rpc.grpc.status_code", (int)status);
            if (status is not StatusCode.OK)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }

        _log?.Write(_name, context.GetHttpContext().Request.Headers.UserAgent, status, Stopwatch.GetElapsedTime(began));
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case RpcException { Status: { StatusCode: StatusCode.Unimplemented, Detail: "" } }:
                // What the generated base says of a method that nobody wrote.
                return new DaprError(StatusCodes.Status501NotImplemented, "ERR_API_UNIMPLEMENTED", $"the sidecar does not implement {_name}").ToRpcException();
            case RpcException failure:
                return failure;
            case DaprException refusal:
                _metrics?.ErrorCodes?.Record(refusal.Error.Code);
                return refusal.Error.ToRpcException();
            case OperationCanceledException or IOException when context.CancellationToken.IsCancellationRequested:
                // The caller went away, or its time is over: nobody is left to answer.
                return new RpcException(context.Deadline <= DateTime.UtcNow ? new Status(StatusCode.DeadlineExceeded, "the call's deadline is over") : Status.DefaultCancelled);
            case OperationCanceledException:
                return new RpcException(new Status(StatusCode.Unavailable, "the sidecar stops"));
            default:
                Log.Failed(_logger, exception, _name);
                return new RpcException(new Status(StatusCode.Internal, "the sidecar failed to carry out the call; its log says why"));
        }
    }

    private static int SizeOf(object? message) => message is IMessage known ? known.CalculateSize() : 0;

    private static partial class Log
    {
        [LoggerMessage(2002, LogLevel.Error, "{Method} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method);
    }
}
