using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Tandem.Grpc.Framing;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>Answers the calls of one method.</summary>
internal abstract class ServerMethod(IMethod method)
{
    public IMethod Method { get; } = method;

    /// <summary>Answers one call. The exceptions of the method become its status.</summary>
    public abstract Task HandleAsync(HttpContext http);
}

/// <summary>What the four kinds of calls have in common.</summary>
internal abstract partial class ServerMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, MethodSettings settings, ILogger logger) : ServerMethod(method)
    where TRequest : class
    where TResponse : class
{
    /// <inheritdoc/>
    public sealed override async Task HandleAsync(HttpContext http)
    {
        if (RequestChecks.FindFault(http.Request) is { } fault)
        {
            await RequestChecks.RefuseAsync(http, fault).ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = RequestChecks.ContentType;
        // A message may be as large as the service says, whatever the server says of bodies.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }

        // A stream may be silent for as long as its client likes.
        if (Method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } bodyRate)
        {
            bodyRate.MinDataRate = null;
        }

        TimeSpan? timeout = null;
        if (http.Request.Headers.TryGetValue(GrpcTimeout.Name, out var value))
        {
            if (!GrpcTimeout.TryParse(value.ToString(), out var parsed))
            {
                MetadataHeaders.WriteStatus(http.Response.Headers, new Status(StatusCode.Internal, $"The header grpc-timeout is malformed: '{value}'."), null);
                return;
            }

            timeout = parsed;
        }

        using var context = new HttpServerCallContext(http, method, settings);
        context.Start(timeout);
        var call = new ServerCall(context);
        await using var watch = call.EndAtDeadline().ConfigureAwait(false);
        try
        {
            await CallAsync(context, call).ConfigureAwait(false);
            await call.EndAsync(context.Status, context.TrailersOrNull).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (exception is IOException and not BadHttpRequestException)
            {
                await context.WaitUntilAbortedAsync().ConfigureAwait(false);
            }

            var (status, trailers) = Explain(exception, context);
            await EndAsync(call, status, trailers).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(ServerCall call, Status status, Metadata? trailers)
    {
        try
        {
            await call.EndAsync(status, trailers).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            // The trailers cannot be sent: that is said in their place.
            await call.EndAsync(exception.Status, null).ConfigureAwait(false);
        }
    }

    /// <summary>Reads, calls the method, writes.</summary>
    protected abstract Task CallAsync(HttpServerCallContext context, ServerCall call);

    /// <summary>What reads the requests.</summary>
    protected MessageReader<TRequest> CreateReader(HttpContext http)
    {
        string? encoding = null;
        if (http.Request.Headers.TryGetValue(HeaderNames.Encoding, out var value))
        {
            encoding = value.ToString();
            if (encoding is not "identity" && settings.FindCompression(encoding) is null)
            {
                http.Response.Headers[HeaderNames.AcceptEncoding] = settings.AcceptEncoding;
            }
        }

        return new(http.Request.BodyReader, method.RequestMarshaller.ContextualDeserializer, settings.MaxReceive, encoding, settings.FindCompression(encoding));
    }

    /// <summary>What writes the responses.</summary>
    protected MessageWriter<TResponse> CreateWriter() => new(method.ResponseMarshaller.ContextualSerializer, settings.MaxSend) { Level = settings.Level };

    private (Status Status, Metadata? Trailers) Explain(Exception exception, HttpServerCallContext context)
    {
        switch (exception)
        {
            case RpcException rpc:
                Log.Refused(logger, Method.FullName, rpc.StatusCode);
                return (rpc.Status, Merge(context.TrailersOrNull, rpc.Trailers));
            case not null when context.CallDeadline is { IsOver: true }:
                return (new Status(StatusCode.DeadlineExceeded, "The deadline passed."), context.TrailersOrNull);
            case OperationCanceledException or IOException or ConnectionAbortedException when context.Http.RequestAborted.IsCancellationRequested:
                return (new Status(StatusCode.Cancelled, "The call was cancelled."), context.TrailersOrNull);
            case BadHttpRequestException bad:
                return (new Status(bad.StatusCode is StatusCodes.Status413PayloadTooLarge ? StatusCode.ResourceExhausted : StatusCode.Internal, bad.Message), context.TrailersOrNull);
            default:
                Log.Failed(logger, exception!, Method.FullName);
                var detail = "The method failed.";
                return (new Status(StatusCode.Unknown, settings.DetailedErrors ? $"{detail} {exception!.GetType().Name}: {exception.Message}" : detail), context.TrailersOrNull);
        }
    }

    private static Metadata? Merge(Metadata? own, Metadata thrown)
    {
        if (own is not { Count: > 0 })
        {
            return thrown;
        }

        foreach (var entry in thrown)
        {
            own.Add(entry);
        }

        return own;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Method} ended with {Status}")]
        public static partial void Refused(ILogger logger, string method, StatusCode status);

        [LoggerMessage(2, LogLevel.Error, "{Method} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method);
    }
}
