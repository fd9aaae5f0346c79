using System.Diagnostics;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Tandem.Runtime.Invocation;
using Callback = Dapr.AppCallback.Autogen.Grpc.v1.AppCallback;

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>The channel to an app that speaks gRPC: it is called through the AppCallback services.</summary>
public sealed class GrpcAppChannel : AppChannelBase
{
    private readonly GrpcChannel _channel;
    private readonly Callback.AppCallbackClient _app;
    private readonly AppCallbackHealthCheck.AppCallbackHealthCheckClient _health;

    /// <summary>Makes the channel; <see cref="AppMonitor.Start"/> begins to look for the app.</summary>
    public GrpcAppChannel(SidecarOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory)
        : base(options, timeProvider, loggerFactory)
    {
        var largest = (int)Math.Min(options.MaxBodySize, int.MaxValue);
        _channel = GrpcChannel.ForAddress(Origin, new GrpcChannelOptions
        {
            HttpHandler = HttpHandlers.CreateHttp2(trustAnyCertificate: true),
            MaxReceiveMessageSize = largest,
            DisposeHttpClient = true,
            ThrowOperationCanceledOnCancellation = true,
        });
        _app = new Callback.AppCallbackClient(_channel);
        _health = new AppCallbackHealthCheck.AppCallbackHealthCheckClient(_channel);
        Callbacks = new GrpcAppCallbacks(this, _app, new AppCallbackAlpha.AppCallbackAlphaClient(_channel));
    }

    /// <inheritdoc/>
    public override IAppCallbacks Callbacks { get; }

    /// <inheritdoc/>
    public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => InvokeAsync(request, request.RequestUri is { IsAbsoluteUri: true } uri ? uri.PathAndQuery : request.RequestUri!.OriginalString, null, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<ForwardedAnswer> ForwardAsync(IInvocationRequest request, AddedHeaders added, CancellationToken cancellationToken)
    {
        using var message = request.Create(HttpHandlers.CreateUri(Origin, request.PathAndQuery));
        added.AddTo(message);
        return new(await InvokeAsync(message, request.PathAndQuery, request.DataType, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _channel.Dispose();
    }

    /// <summary>Calls the app once, within the limit of calls at a time.</summary>
    /// <exception cref="RpcException">The app ended the call with an error.</exception>
    /// <exception cref="AppUnreachableException">It did not answer.</exception>
    internal async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> method, TRequest request, Metadata headers, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var call = method(request, OptionsFor(headers, cancellationToken));
            return await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.Status.DebugException is { } cause)
        {
            throw Unreachable(cause);
        }
        finally
        {
            Gate?.Release();
        }
    }

    /// <summary>Calls the app in a span, if spans are made.</summary>
    internal async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> method,
        TRequest request,
        Metadata headers,
        string spanName,
        Trace trace,
        Action<Activity> tags,
        CancellationToken cancellationToken)
    {
        using var span = Tracing?.Start(spanName, ActivityKind.Client, trace.Parent, trace.State);
        Invocation.Grpc.InvocationMetadata.AddTrace(headers, span?.Id ?? trace.Parent, trace.State);
        if (span is { IsAllDataRequested: true })
        {
            tags(span);
        }

        try
        {
            return await CallAsync(method, request, headers, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception is RpcException rpc ? rpc.StatusCode.ToString() : exception.GetType().Name);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> ProbeHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var call = _health.HealthCheckAsync(new Empty(), OptionsFor([], cancellationToken));
            await call.ResponseAsync.ConfigureAwait(false);
            return true;
        }
        catch (RpcException)
        {
            // Whatever its status is, one that cannot be called is not well.
            return false;
        }
    }

    private async Task<HttpResponseMessage> InvokeAsync(HttpRequestMessage message, string pathAndQuery, string? dataType, CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = message.Content is null ? [] : await message.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            HttpHandlers.RethrowIfRefused(exception);
            throw;
        }

        var headers = new Metadata();
        InvokeMessages.AddHeaders(headers, message);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var call = _app.OnInvokeAsync(InvokeMessages.ToRequest(message, pathAndQuery, body, dataType), OptionsFor(headers, cancellationToken));
            try
            {
                var response = await call.ResponseAsync.ConfigureAwait(false);
                return InvokeMessages.ToAnswer(response, await call.ResponseHeadersAsync.ConfigureAwait(false), call.GetTrailers());
            }
            catch (RpcException exception) when (exception.Status.DebugException is { } cause)
            {
                throw Unreachable(cause);
            }
            catch (RpcException exception)
            {
                return InvokeMessages.ToAnswer(exception, call.ResponseHeadersAsync.IsCompletedSuccessfully ? await call.ResponseHeadersAsync.ConfigureAwait(false) : []);
            }
        }
        finally
        {
            Gate?.Release();
        }
    }

    private Task EnterAsync(CancellationToken cancellationToken)
    {
        EnsureConfigured();
        return Gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    private CallOptions OptionsFor(Metadata headers, CancellationToken cancellationToken)
    {
        if (Token is { } token)
        {
            headers.Add(TokenHeader, token);
        }

        return new CallOptions(headers, cancellationToken: cancellationToken);
    }

    private AppUnreachableException Unreachable(Exception cause)
        => Unreachable(cause, refused: cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });

    /// <summary>The trace that a call to the app belongs to.</summary>
    internal readonly record struct Trace(string? Parent, string? State);
}
