// Dapr.Actors, for callers. https://docs.dapr.io/developing-applications/sdks/dotnet/dotnet-actors/
using System.Text.Json;

namespace Dapr.Actors
{
    public interface IActor { }

    public class ActorId
    {
        public ActorId(string id) { }
        public static bool operator ==(ActorId id1, ActorId id2) => throw Signature.Only;
        public static bool operator !=(ActorId id1, ActorId id2) => throw Signature.Only;
        public static ActorId CreateRandom() => throw Signature.Only;
        public string GetId() => throw Signature.Only;
        public override string ToString() => throw Signature.Only;
        public override int GetHashCode() => throw Signature.Only;
        public override bool Equals(object obj) => throw Signature.Only;
        public bool Equals(ActorId other) => throw Signature.Only;
        public int CompareTo(ActorId other) => throw Signature.Only;
    }

    public class ActorMethodInvocationException : DaprApiException
    {
        public ActorMethodInvocationException() { }
        public ActorMethodInvocationException(string message, bool isTransient) { }
        public ActorMethodInvocationException(string message, Exception innerException, bool isTransient) { }
    }

    public sealed class ActorReentrancyConfig
    {
        public bool Enabled { get; set; }
        public int? MaxStackDepth { get; set; }
    }
}

namespace Dapr.Actors.Client
{
    public interface IActorProxy
    {
        ActorId ActorId { get; }
        string ActorType { get; }
    }

    public interface IActorProxyFactory
    {
        TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null) where TActorInterface : IActor;
        object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null);
        ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null);
    }

    public class ActorProxyFactory : IActorProxyFactory
    {
        public ActorProxyFactory(ActorProxyOptions options = null, HttpMessageHandler handler = null) { }
        public ActorProxyOptions DefaultOptions { get => throw Signature.Only; set => throw Signature.Only; }
        public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null) where TActorInterface : IActor => throw Signature.Only;
        public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null) => throw Signature.Only;
        public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null) => throw Signature.Only;
    }

    public class ActorProxyOptions
    {
        public ActorProxyOptions() { }
        public JsonSerializerOptions JsonSerializerOptions { get; set; }
        public string DaprApiToken { get; set; }
        public string HttpEndpoint { get; set; }
        public TimeSpan? RequestTimeout { get; set; }
        public bool UseJsonSerialization { get; set; }
    }

    public class ActorProxy : IActorProxy
    {
        protected internal ActorProxy() { }
        public static IActorProxyFactory DefaultProxyFactory => throw Signature.Only;
        public ActorId ActorId => throw Signature.Only;
        public string ActorType => throw Signature.Only;
        public static TActorInterface Create<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions options = null) where TActorInterface : IActor => throw Signature.Only;
        public static object Create(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions options = null) => throw Signature.Only;
        public static ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions options = null) => throw Signature.Only;
        public Task<TResponse> InvokeMethodAsync<TRequest, TResponse>(string method, TRequest data, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task InvokeMethodAsync<TRequest>(string method, TRequest data, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task<TResponse> InvokeMethodAsync<TResponse>(string method, CancellationToken cancellationToken = default) => throw Signature.Only;
        public Task InvokeMethodAsync(string method, CancellationToken cancellationToken = default) => throw Signature.Only;
    }
}
