using Grpc.Core;
using Grpc.Net.Client;

namespace Tandem.Grpc.Client;

/// <summary>Makes the calls of a channel.</summary>
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var response = call.GetSingleAsync(call.StartWith(request));
        return new(response, call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new(new ResponseReader<TRequest, TResponse>(call, Observed(call.StartWith(request))), call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = new RequestWriter<TRequest, TResponse>(call);
        var response = Observed(call.GetSingleAsync(call.StartWith(requests)));
        return new(requests, response, call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        var requests = new RequestWriter<TRequest, TResponse>(call);
        return new(requests, new ResponseReader<TRequest, TResponse>(call, Observed(call.StartWith(requests))), call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    // A caller whose write failed need not look at the replies: it knows how the call ended.
    private static Task<T> Observed<T>(Task<T> task)
    {
        _ = task.ContinueWith(static failed => _ = failed.Exception, default, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }
}
