using Grpc.Core;

namespace Tandem.ServiceDefaults;

/// <summary>Calls of other services by gRPC that tell a decision from trouble, as <see cref="ServiceCallExtensions"/> does for HTTP.</summary>
public static class GrpcServiceCalls
{
    /// <summary>Asks for something.</summary>
    /// <param name="call">Who is asked what, for the message of the exception.</param>
    /// <param name="start">Makes the call with these options.</param>
    /// <param name="cancellationToken">The caller's patience; ten seconds at most.</param>
    /// <returns>The answer; nothing when the other service says that there is no such thing.</returns>
    /// <exception cref="ServiceCallException">No decision.</exception>
    public static async Task<TResponse?> FindAsync<TResponse>(
        string call, Func<CallOptions, AsyncUnaryCall<TResponse>> start, CancellationToken cancellationToken)
        where TResponse : class
    {
        try
        {
            using var running = start(new CallOptions(deadline: DateTime.UtcNow + ServiceCallExtensions.Timeout, cancellationToken: cancellationToken));
            return await running.ResponseAsync;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (RpcException exception)
        {
            throw new ServiceCallException(call, $"ended with {exception.StatusCode}", inner: exception);
        }
    }
}
