using Grpc.Core;
using Grpc.Net.Client;
using Tandem.Grpc.Tests.Protos;
using Tandem.Testing;

namespace Tandem.Grpc.Tests.Client;

/// <summary>What HttpClient's own streams throw reaches a caller as a status, whatever its type.</summary>
public sealed class BrokenTransportTests
{
    [Fact]
    public async Task Write_FailingWithAnExceptionOfTheTransport_EndsWithAStatus()
    {
        using var handler = new BrokenHandler();
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        using var call = new Probe.ProbeClient(channel).Chat();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Ping { Text = "hello" })).WithinAsync();
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains("the headers cannot be decoded", failure.Status.Detail, StringComparison.Ordinal);
    }

    // As HttpClient's HPACK decoder: no IOException, no HttpRequestException.
    private sealed class DecodingException() : Exception("the headers cannot be decoded");

    private sealed class BrokenHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(new BrokenStream(), cancellationToken);
            throw new InvalidOperationException("The body is written before the response is read.");
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new DecodingException();
    }
}
