using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using DaprApi = Dapr.Client.Autogen.Grpc.v1.Dapr;
using V1 = Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace Tandem.Sidecar.Grpc.Reflection;

/// <summary>
/// What tools such as grpcurl ask for the services of the port. The descriptors are read when somebody asks: a sidecar starts without them.
/// </summary>
internal static class ReflectionServices
{
    private static readonly Lazy<ServiceDescriptor[]> Descriptors = new(static () => [DaprApi.Descriptor, V1.ServerReflection.Descriptor, V1Alpha.ServerReflection.Descriptor]);

    /// <summary>The services, of both versions of the protocol.</summary>
    public static IReadOnlyList<ServerServiceDefinition> Definitions { get; } = [V1.ServerReflection.BindService(new Current()), V1Alpha.ServerReflection.BindService(new Alpha())];

    private sealed class Current : V1.ServerReflection.ServerReflectionBase
    {
        private readonly Lazy<ReflectionV1ServiceImpl> _service = new(static () => new ReflectionV1ServiceImpl(Descriptors.Value));

        public override Task ServerReflectionInfo(
            IAsyncStreamReader<V1.ServerReflectionRequest> requestStream, IServerStreamWriter<V1.ServerReflectionResponse> responseStream, ServerCallContext context)
            => _service.Value.ServerReflectionInfo(requestStream, responseStream, context);
    }

    private sealed class Alpha : V1Alpha.ServerReflection.ServerReflectionBase
    {
        private readonly Lazy<ReflectionServiceImpl> _service = new(static () => new ReflectionServiceImpl(Descriptors.Value));

        public override Task ServerReflectionInfo(
            IAsyncStreamReader<V1Alpha.ServerReflectionRequest> requestStream, IServerStreamWriter<V1Alpha.ServerReflectionResponse> responseStream, ServerCallContext context)
            => _service.Value.ServerReflectionInfo(requestStream, responseStream, context);
    }
}
