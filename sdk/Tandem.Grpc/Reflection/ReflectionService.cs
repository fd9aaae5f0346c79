using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Grpc.Reflection;

/// <summary>The reflection service <c>grpc.reflection.v1.ServerReflection</c>.</summary>
/// <param name="services">What the server has.</param>
public class ReflectionV1ServiceImpl(IEnumerable<ServiceDescriptor> services) : V1.ServerReflection.ServerReflectionBase
{
    private readonly Answers _answers = new(new SymbolTable(services));

    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<V1.ServerReflectionRequest> requestStream, IServerStreamWriter<V1.ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(_answers.Answer(request)).ConfigureAwait(false);
        }
    }
}

/// <summary>The reflection service <c>grpc.reflection.v1alpha.ServerReflection</c>, which most tools still ask for.</summary>
/// <param name="services">What the server has.</param>
public class ReflectionServiceImpl(IEnumerable<ServiceDescriptor> services) : V1Alpha.ServerReflection.ServerReflectionBase
{
    private readonly Answers _answers = new(new SymbolTable(services));

    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<V1Alpha.ServerReflectionRequest> requestStream, IServerStreamWriter<V1Alpha.ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(_answers.Answer(request)).ConfigureAwait(false);
        }
    }
}
