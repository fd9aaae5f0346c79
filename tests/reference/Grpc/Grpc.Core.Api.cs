// Grpc.Core.Api: what generated code and its users see. https://grpc.github.io/grpc/csharp/api/Grpc.Core.html
using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;

namespace Grpc.Core
{
    public enum StatusCode
    {
        OK = 0, Cancelled = 1, Unknown = 2, InvalidArgument = 3, DeadlineExceeded = 4, NotFound = 5, AlreadyExists = 6, PermissionDenied = 7,
        ResourceExhausted = 8, FailedPrecondition = 9, Aborted = 10, OutOfRange = 11, Unimplemented = 12, Internal = 13, Unavailable = 14,
        DataLoss = 15, Unauthenticated = 16,
    }

    public struct Status
    {
        public static readonly Status DefaultSuccess;
        public static readonly Status DefaultCancelled;
        public Status(StatusCode statusCode, string detail) { }
        public Status(StatusCode statusCode, string detail, Exception? debugException) { }
        public StatusCode StatusCode => throw Signature.Only;
        public string Detail => throw Signature.Only;
        public Exception? DebugException => throw Signature.Only;
    }

    public class RpcException : Exception
    {
        public RpcException(Status status) { }
        public RpcException(Status status, string message) { }
        public RpcException(Status status, Metadata trailers) { }
        public RpcException(Status status, Metadata trailers, string message) { }
        public Status Status => throw Signature.Only;
        public StatusCode StatusCode => throw Signature.Only;
        public Metadata Trailers => throw Signature.Only;
    }

    public sealed class Metadata : IList<Metadata.Entry>
    {
        public const string BinaryHeaderSuffix = "-bin";
        public static readonly Metadata Empty = new();
        public Metadata() { }
        public Entry? Get(string key) => throw Signature.Only;
        public string? GetValue(string key) => throw Signature.Only;
        public byte[]? GetValueBytes(string key) => throw Signature.Only;
        public IEnumerable<Entry> GetAll(string key) => throw Signature.Only;
        public int IndexOf(Entry item) => throw Signature.Only;
        public void Insert(int index, Entry item) => throw Signature.Only;
        public void RemoveAt(int index) => throw Signature.Only;
        public Entry this[int index] { get => throw Signature.Only; set => throw Signature.Only; }
        public void Add(Entry item) => throw Signature.Only;
        public void Add(string key, string value) => throw Signature.Only;
        public void Add(string key, byte[] valueBytes) => throw Signature.Only;
        public void Clear() => throw Signature.Only;
        public bool Contains(Entry item) => throw Signature.Only;
        public void CopyTo(Entry[] array, int arrayIndex) => throw Signature.Only;
        public int Count => throw Signature.Only;
        public bool IsReadOnly => throw Signature.Only;
        public bool Remove(Entry item) => throw Signature.Only;
        public IEnumerator<Entry> GetEnumerator() => throw Signature.Only;
        IEnumerator IEnumerable.GetEnumerator() => throw Signature.Only;

        public class Entry
        {
            public Entry(string key, byte[] valueBytes) { }
            public Entry(string key, string value) { }
            public string Key => throw Signature.Only;
            public byte[] ValueBytes => throw Signature.Only;
            public string Value => throw Signature.Only;
            public bool IsBinary => throw Signature.Only;
        }
    }

    public enum MethodType { Unary, ClientStreaming, ServerStreaming, DuplexStreaming }

    public interface IMethod
    {
        MethodType Type { get; }
        string ServiceName { get; }
        string Name { get; }
        string FullName { get; }
    }

    public class Method<TRequest, TResponse> : IMethod
    {
        public Method(MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller) { }
        public MethodType Type => throw Signature.Only;
        public string ServiceName => throw Signature.Only;
        public string Name => throw Signature.Only;
        public Marshaller<TRequest> RequestMarshaller => throw Signature.Only;
        public Marshaller<TResponse> ResponseMarshaller => throw Signature.Only;
        public string FullName => throw Signature.Only;
    }

    public class Marshaller<T>
    {
        public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer) { }
        public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer) { }
        public Action<T, SerializationContext> ContextualSerializer => throw Signature.Only;
        public Func<DeserializationContext, T> ContextualDeserializer => throw Signature.Only;
    }

    public static class Marshallers
    {
        public static Marshaller<T> Create<T>(Func<T, byte[]> serializer, Func<byte[], T> deserializer) => throw Signature.Only;
        public static Marshaller<T> Create<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer) => throw Signature.Only;
        public static Marshaller<string> StringMarshaller => throw Signature.Only;
    }

    public abstract class SerializationContext
    {
        public virtual void Complete(byte[] payload) => throw Signature.Only;
        public virtual IBufferWriter<byte> GetBufferWriter() => throw Signature.Only;
        public virtual void SetPayloadLength(int payloadLength) => throw Signature.Only;
        public virtual void Complete() => throw Signature.Only;
    }

    public abstract class DeserializationContext
    {
        public abstract int PayloadLength { get; }
        public virtual byte[] PayloadAsNewBuffer() => throw Signature.Only;
        public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw Signature.Only;
    }

    [Flags]
    public enum WriteFlags { BufferHint = 0x1, NoCompress = 0x2 }

    public class WriteOptions
    {
        public static readonly WriteOptions Default = new();
        public WriteOptions(WriteFlags flags = default) { }
        public WriteFlags Flags => throw Signature.Only;
    }

    public abstract class ContextPropagationToken { }

    public class ContextPropagationOptions
    {
        public static readonly ContextPropagationOptions Default = new();
        public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true) { }
        public bool IsPropagateDeadline => throw Signature.Only;
        public bool IsPropagateCancellation => throw Signature.Only;
    }

    public struct CallOptions
    {
        public CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default, WriteOptions? writeOptions = null, ContextPropagationToken? propagationToken = null, CallCredentials? credentials = null) { }
        public Metadata? Headers => throw Signature.Only;
        public DateTime? Deadline => throw Signature.Only;
        public CancellationToken CancellationToken => throw Signature.Only;
        public WriteOptions? WriteOptions => throw Signature.Only;
        public ContextPropagationToken? PropagationToken => throw Signature.Only;
        public CallCredentials? Credentials => throw Signature.Only;
        public bool IsWaitForReady => throw Signature.Only;
        public CallOptions WithHeaders(Metadata headers) => throw Signature.Only;
        public CallOptions WithDeadline(DateTime deadline) => throw Signature.Only;
        public CallOptions WithCancellationToken(CancellationToken cancellationToken) => throw Signature.Only;
        public CallOptions WithWriteOptions(WriteOptions writeOptions) => throw Signature.Only;
        public CallOptions WithCredentials(CallCredentials credentials) => throw Signature.Only;
        public CallOptions WithWaitForReady(bool waitForReady = true) => throw Signature.Only;
    }

    public class AuthInterceptorContext
    {
        public AuthInterceptorContext(string serviceUrl, string methodName) { }
        public AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken) { }
        public string ServiceUrl => throw Signature.Only;
        public string MethodName => throw Signature.Only;
        public CancellationToken CancellationToken => throw Signature.Only;
    }

    public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

    public abstract class CallCredentials
    {
        public static CallCredentials Compose(params CallCredentials[] credentials) => throw Signature.Only;
        public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor) => throw Signature.Only;
    }

    public abstract class ChannelCredentials
    {
        public static ChannelCredentials Insecure => throw Signature.Only;
        public static ChannelCredentials SecureSsl => throw Signature.Only;
        public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) => throw Signature.Only;
    }

    public abstract class ChannelBase
    {
        protected ChannelBase(string target) { }
        public string Target => throw Signature.Only;
        public abstract CallInvoker CreateCallInvoker();
        public Task ShutdownAsync() => throw Signature.Only;
        protected virtual Task ShutdownAsyncCore() => throw Signature.Only;
    }

    public abstract class CallInvoker
    {
        public abstract TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) where TRequest : class where TResponse : class;
        public abstract AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) where TRequest : class where TResponse : class;
        public abstract AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) where TRequest : class where TResponse : class;
        public abstract AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) where TRequest : class where TResponse : class;
        public abstract AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) where TRequest : class where TResponse : class;
    }

    public abstract class ClientBase
    {
        protected ClientBase() { }
        protected ClientBase(ClientBaseConfiguration configuration) { }
        protected ClientBase(ChannelBase channel) { }
        protected ClientBase(CallInvoker callInvoker) { }
        protected CallInvoker CallInvoker => throw Signature.Only;

        protected internal class ClientBaseConfiguration
        {
            internal ClientBaseConfiguration() { }
        }
    }

    public abstract class ClientBase<T> : ClientBase where T : ClientBase<T>
    {
        protected ClientBase() { }
        protected ClientBase(ClientBaseConfiguration configuration) { }
        protected ClientBase(ChannelBase channel) { }
        protected ClientBase(CallInvoker callInvoker) { }
        public T WithHost(string host) => throw Signature.Only;
        protected abstract T NewInstance(ClientBaseConfiguration configuration);
    }

    public sealed class AsyncUnaryCall<TResponse> : IDisposable
    {
        public AsyncUnaryCall(Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction) { }
        public Task<TResponse> ResponseAsync => throw Signature.Only;
        public Task<Metadata> ResponseHeadersAsync => throw Signature.Only;
        public TaskAwaiter<TResponse> GetAwaiter() => throw Signature.Only;
        public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => throw Signature.Only;
        public Status GetStatus() => throw Signature.Only;
        public Metadata GetTrailers() => throw Signature.Only;
        public void Dispose() => throw Signature.Only;
    }

    public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
    {
        public AsyncClientStreamingCall(IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction) { }
        public Task<TResponse> ResponseAsync => throw Signature.Only;
        public Task<Metadata> ResponseHeadersAsync => throw Signature.Only;
        public IClientStreamWriter<TRequest> RequestStream => throw Signature.Only;
        public TaskAwaiter<TResponse> GetAwaiter() => throw Signature.Only;
        public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => throw Signature.Only;
        public Status GetStatus() => throw Signature.Only;
        public Metadata GetTrailers() => throw Signature.Only;
        public void Dispose() => throw Signature.Only;
    }

    public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
    {
        public AsyncServerStreamingCall(IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction) { }
        public IAsyncStreamReader<TResponse> ResponseStream => throw Signature.Only;
        public Task<Metadata> ResponseHeadersAsync => throw Signature.Only;
        public Status GetStatus() => throw Signature.Only;
        public Metadata GetTrailers() => throw Signature.Only;
        public void Dispose() => throw Signature.Only;
    }

    public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
    {
        public AsyncDuplexStreamingCall(IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction) { }
        public IAsyncStreamReader<TResponse> ResponseStream => throw Signature.Only;
        public IClientStreamWriter<TRequest> RequestStream => throw Signature.Only;
        public Task<Metadata> ResponseHeadersAsync => throw Signature.Only;
        public Status GetStatus() => throw Signature.Only;
        public Metadata GetTrailers() => throw Signature.Only;
        public void Dispose() => throw Signature.Only;
    }

    public interface IAsyncStreamReader<out T>
    {
        T Current { get; }
        Task<bool> MoveNext(CancellationToken cancellationToken);
    }

    public interface IAsyncStreamWriter<in T>
    {
        WriteOptions? WriteOptions { get; set; }
        Task WriteAsync(T message);
        Task WriteAsync(T message, CancellationToken cancellationToken) => throw Signature.Only;
    }

    public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
    {
        Task CompleteAsync();
    }

    public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T> { }

    public static class AsyncStreamReaderExtensions
    {
        public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader) where T : class => throw Signature.Only;
        public static IAsyncEnumerable<T> ReadAllAsync<T>(this IAsyncStreamReader<T> streamReader, CancellationToken cancellationToken = default) => throw Signature.Only;
    }

    public class AuthProperty
    {
        private AuthProperty() { }
        public string Name => throw Signature.Only;
        public string Value => throw Signature.Only;
        public byte[] ValueBytes => throw Signature.Only;
        public static AuthProperty Create(string name, byte[] valueBytes) => throw Signature.Only;
    }

    public class AuthContext
    {
        public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties) { }
        public bool IsPeerAuthenticated => throw Signature.Only;
        public string? PeerIdentityPropertyName => throw Signature.Only;
        public IEnumerable<AuthProperty> PeerIdentity => throw Signature.Only;
        public IEnumerable<AuthProperty> Properties => throw Signature.Only;
        public IEnumerable<AuthProperty> FindPropertiesByName(string propertyName) => throw Signature.Only;
    }

    public abstract class ServerCallContext
    {
        public string Method => throw Signature.Only;
        public string Host => throw Signature.Only;
        public string Peer => throw Signature.Only;
        public DateTime Deadline => throw Signature.Only;
        public Metadata RequestHeaders => throw Signature.Only;
        public CancellationToken CancellationToken => throw Signature.Only;
        public Metadata ResponseTrailers => throw Signature.Only;
        public Status Status { get => throw Signature.Only; set => throw Signature.Only; }
        public WriteOptions? WriteOptions { get => throw Signature.Only; set => throw Signature.Only; }
        public AuthContext AuthContext => throw Signature.Only;
        public IDictionary<object, object> UserState => throw Signature.Only;
        public Task WriteResponseHeadersAsync(Metadata responseHeaders) => throw Signature.Only;
        public ContextPropagationToken CreatePropagationToken(ContextPropagationOptions? options = null) => throw Signature.Only;
        protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
        protected abstract ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options);
        protected abstract string MethodCore { get; }
        protected abstract string HostCore { get; }
        protected abstract string PeerCore { get; }
        protected abstract DateTime DeadlineCore { get; }
        protected abstract Metadata RequestHeadersCore { get; }
        protected abstract CancellationToken CancellationTokenCore { get; }
        protected abstract Metadata ResponseTrailersCore { get; }
        protected abstract Status StatusCore { get; set; }
        protected abstract WriteOptions? WriteOptionsCore { get; set; }
        protected abstract AuthContext AuthContextCore { get; }
        protected virtual IDictionary<object, object> UserStateCore => throw Signature.Only;
    }

    public delegate Task<TResponse> UnaryServerMethod<TRequest, TResponse>(TRequest request, ServerCallContext context) where TRequest : class where TResponse : class;
    public delegate Task<TResponse> ClientStreamingServerMethod<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context) where TRequest : class where TResponse : class;
    public delegate Task ServerStreamingServerMethod<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context) where TRequest : class where TResponse : class;
    public delegate Task DuplexStreamingServerMethod<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context) where TRequest : class where TResponse : class;

    [AttributeUsage(AttributeTargets.Class, Inherited = true)]
    public class BindServiceMethodAttribute : Attribute
    {
        public BindServiceMethodAttribute(Type bindType, string bindMethodName) { }
        public Type BindType => throw Signature.Only;
        public string BindMethodName => throw Signature.Only;
    }

    public abstract class ServiceBinderBase
    {
        public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) where TRequest : class where TResponse : class => throw Signature.Only;
        public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) where TRequest : class where TResponse : class => throw Signature.Only;
        public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) where TRequest : class where TResponse : class => throw Signature.Only;
        public virtual void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) where TRequest : class where TResponse : class => throw Signature.Only;
    }

    public class ServerServiceDefinition
    {
        private ServerServiceDefinition() { }
        public static Builder CreateBuilder() => throw Signature.Only;

        public class Builder
        {
            public Builder() { }
            public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler) where TRequest : class where TResponse : class => throw Signature.Only;
            public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler) where TRequest : class where TResponse : class => throw Signature.Only;
            public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler) where TRequest : class where TResponse : class => throw Signature.Only;
            public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler) where TRequest : class where TResponse : class => throw Signature.Only;
            public ServerServiceDefinition Build() => throw Signature.Only;
        }
    }
}
