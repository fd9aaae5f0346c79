// Grpc.Net.Client. https://grpc.github.io/grpc/csharp-dotnet/api/Grpc.Net.Client.html
using Grpc.Core;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client
{
    public sealed class GrpcChannel : ChannelBase, IDisposable
    {
        private GrpcChannel() : base("") { }
        public override CallInvoker CreateCallInvoker() => throw Signature.Only;
        public static GrpcChannel ForAddress(string address) => throw Signature.Only;
        public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => throw Signature.Only;
        public static GrpcChannel ForAddress(Uri address) => throw Signature.Only;
        public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) => throw Signature.Only;
        public void Dispose() => throw Signature.Only;
    }

    public sealed class GrpcChannelOptions
    {
        public GrpcChannelOptions() { }
        public ChannelCredentials? Credentials { get; set; }
        public int? MaxSendMessageSize { get; set; }
        public int? MaxReceiveMessageSize { get; set; }
        public IList<ICompressionProvider>? CompressionProviders { get; set; }
        public ILoggerFactory? LoggerFactory { get; set; }
        public HttpClient? HttpClient { get; set; }
        public HttpMessageHandler? HttpHandler { get; set; }
        public bool DisposeHttpClient { get; set; }
        public bool ThrowOperationCanceledOnCancellation { get; set; }
        public bool UnsafeUseInsecureChannelCallCredentials { get; set; }
        public IServiceProvider? ServiceProvider { get; set; }
    }
}

namespace Grpc.Net.Compression
{
    public interface ICompressionProvider
    {
        string EncodingName { get; }
        Stream CreateCompressionStream(Stream stream, System.IO.Compression.CompressionLevel? compressionLevel);
        Stream CreateDecompressionStream(Stream stream);
    }

    public sealed class GzipCompressionProvider : ICompressionProvider
    {
        public GzipCompressionProvider(System.IO.Compression.CompressionLevel defaultCompressionLevel) { }
        public string EncodingName => throw Signature.Only;
        public Stream CreateCompressionStream(Stream stream, System.IO.Compression.CompressionLevel? compressionLevel) => throw Signature.Only;
        public Stream CreateDecompressionStream(Stream stream) => throw Signature.Only;
    }
}
