using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Around every call: what no method expected becomes a status that says no more than a client may know, and the log says how the call ended.
/// </summary>
internal sealed partial class CallInterceptor(ILogger<CallInterceptor> logger, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var started = time.GetTimestamp();
        var ended = StatusCode.OK;
        try
        {
            return await continuation(request, context);
        }
        catch (RpcException exception)
        {
            // Thrown by our own methods alone: what calls of other services end with is a ServiceCallException.
            ended = exception.StatusCode;
            throw;
        }
        catch (OperationCanceledException exception) when (context.CancellationToken.IsCancellationRequested)
        {
            // Nobody listens any more, and a client that goes is no error of ours.
            ended = context.Deadline <= DateTime.UtcNow ? StatusCode.DeadlineExceeded : StatusCode.Cancelled;
            throw new RpcException(new Status(ended, "The client did not wait for the end.", exception));
        }
        catch (Exception exception)
        {
            var problem = ServiceExceptionHandler.Describe(exception).ToRpcException();
            ended = problem.StatusCode;
            if (ended is StatusCode.Internal or StatusCode.Unavailable)
            {
                Log.Unhandled(logger, exception, context.Method);
            }

            throw problem;
        }
        finally
        {
            Log.Ended(logger, context.Method, ended, time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5011, LogLevel.Error, "{Method} failed")]
        public static partial void Unhandled(ILogger logger, Exception exception, string method);

        [LoggerMessage(5012, LogLevel.Debug, "{Method} ended with {Status} after {Milliseconds:0.0} ms")]
        public static partial void Ended(ILogger logger, string method, StatusCode status, double milliseconds);
    }
}
