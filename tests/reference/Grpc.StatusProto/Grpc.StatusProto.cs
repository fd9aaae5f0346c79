// Grpc.StatusProto and Google.Api.CommonProtos. https://github.com/grpc/grpc-dotnet/tree/master/src/Grpc.StatusProto
using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Core
{
    public static class RpcExceptionExtensions
    {
        public static Google.Rpc.Status? GetRpcStatus(this RpcException ex) => throw Signature.Only;
    }

    public static class RpcStatusExtensions
    {
        public static RpcException ToRpcException(this Google.Rpc.Status status) => throw Signature.Only;
    }

    public static class MetadataExtensions
    {
        public static Google.Rpc.Status? GetRpcStatus(this Metadata metadata, bool ignoreParseError = false) => throw Signature.Only;
    }
}

namespace Google.Rpc
{
    public sealed partial class Status
    {
        public T? GetDetail<T>() where T : class, IMessage<T>, new() => throw Signature.Only;
    }
}
