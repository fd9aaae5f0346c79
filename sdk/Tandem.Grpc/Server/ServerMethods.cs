using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Grpc.Framing;

namespace Tandem.Grpc.Server;

/// <summary>One request, one response.</summary>
internal sealed class UnaryMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, MethodSettings settings, ILogger logger, UnaryServerMethod<TRequest, TResponse> handler)
    : ServerMethod<TRequest, TResponse>(method, settings, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task CallAsync(HttpServerCallContext context, ServerCall call)
    {
        var request = await CreateReader(context.Http).ReadSingleAsync(context.CancellationToken).ConfigureAwait(false);
        var response = await handler(request, context).ConfigureAwait(false);
        await new ResponseWriter<TResponse>(context, call, CreateWriter()).WriteLastAsync(response).ConfigureAwait(false);
    }
}

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, MethodSettings settings, ILogger logger, ClientStreamingServerMethod<TRequest, TResponse> handler)
    : ServerMethod<TRequest, TResponse>(method, settings, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task CallAsync(HttpServerCallContext context, ServerCall call)
    {
        var requests = new RequestReader<TRequest>(context, CreateReader(context.Http));
        var response = await handler(requests, context).ConfigureAwait(false);
        await new ResponseWriter<TResponse>(context, call, CreateWriter()).WriteLastAsync(response).ConfigureAwait(false);
    }
}

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, MethodSettings settings, ILogger logger, ServerStreamingServerMethod<TRequest, TResponse> handler)
    : ServerMethod<TRequest, TResponse>(method, settings, logger)
    where TRequest : class
    where TResponse : class
{
    protected override async Task CallAsync(HttpServerCallContext context, ServerCall call)
    {
        var request = await CreateReader(context.Http).ReadSingleAsync(context.CancellationToken).ConfigureAwait(false);
        await handler(request, new ResponseWriter<TResponse>(context, call, CreateWriter()), context).ConfigureAwait(false);
    }
}

/// <summary>Many requests, many responses.</summary>
internal sealed class DuplexStreamingMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, MethodSettings settings, ILogger logger, DuplexStreamingServerMethod<TRequest, TResponse> handler)
    : ServerMethod<TRequest, TResponse>(method, settings, logger)
    where TRequest : class
    where TResponse : class
{
    protected override Task CallAsync(HttpServerCallContext context, ServerCall call)
        => handler(new RequestReader<TRequest>(context, CreateReader(context.Http)), new ResponseWriter<TResponse>(context, call, CreateWriter()), context);
}

/// <summary>A method's view of the requests.</summary>
internal sealed class RequestReader<TRequest>(HttpServerCallContext context, MessageReader<TRequest> reader) : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? _current;
    private bool _isOver;

    public TRequest Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext was not called, or found none.");

    public Task<bool> MoveNext(CancellationToken cancellationToken)
        => cancellationToken.CanBeCanceled && cancellationToken != context.CancellationToken ? MoveNextLinkedAsync(cancellationToken) : MoveNextAsync(context.CancellationToken);

    private async Task<bool> MoveNextLinkedAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.CancellationToken);
        return await MoveNextAsync(either.Token).ConfigureAwait(false);
    }

    private async Task<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            _current = _isOver ? null : await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // The method is to find its token cancelled when it asks why.
            await context.WaitUntilAbortedAsync().ConfigureAwait(false);
            throw;
        }

        _isOver = _current is null;
        return !_isOver;
    }
}
