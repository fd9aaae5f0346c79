using Google.Protobuf;
using Grpc.Core;
using Tandem.Testing;
using RpcStatus = Google.Rpc.Status;

namespace Tandem.Runtime.Tests.Grpc.Support;

internal static class Rpc
{
    /// <summary>The call fails with this status.</summary>
    /// <returns>The status with its details.</returns>
    public static async Task<RpcStatus> FailsAsync<T>(this AsyncUnaryCall<T> call, StatusCode status) => await FailsAsync(call.ResponseAsync, status);

    /// <inheritdoc cref="FailsAsync{T}(AsyncUnaryCall{T}, StatusCode)"/>
    public static async Task<RpcStatus> FailsAsync(this Task call, StatusCode status)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call.WithinAsync());
        Assert.True(exception.StatusCode == status, $"{exception.Status}");
        return exception.GetRpcStatus() ?? new RpcStatus { Code = (int)exception.StatusCode, Message = exception.Status.Detail };
    }

    /// <summary>The reason that the error's details give to programs.</summary>
    public static string? Reason(this RpcStatus status) => status.GetDetail<Google.Rpc.ErrorInfo>()?.Reason;

    public static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    /// <summary>The next message of a stream.</summary>
    public static async Task<T> NextAsync<T>(this IAsyncStreamReader<T> stream)
    {
        Assert.True(await stream.MoveNext(default).WithinAsync(), "the stream has ended");
        return stream.Current;
    }
}
