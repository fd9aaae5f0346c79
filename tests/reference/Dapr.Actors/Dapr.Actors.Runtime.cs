// Dapr.Actors, for hosts. https://docs.dapr.io/developing-applications/sdks/dotnet/dotnet-actors/
using System.Collections.ObjectModel;
using System.Text.Json;
using Dapr.Actors.Client;
using Microsoft.Extensions.Logging;

namespace Dapr.Actors.Runtime
{
    public abstract class Actor
    {
        protected Actor(ActorHost host) { }
        protected ILogger Logger => throw Signature.Only;
        public ActorId Id => throw Signature.Only;
        public ActorHost Host => throw Signature.Only;
        public IActorProxyFactory ProxyFactory => throw Signature.Only;
        public IActorStateManager StateManager { get => throw Signature.Only; protected set => throw Signature.Only; }
        protected Task SaveStateAsync() => throw Signature.Only;
        protected virtual Task OnActivateAsync() => throw Signature.Only;
        protected virtual Task OnDeactivateAsync() => throw Signature.Only;
        protected virtual Task OnPreActorMethodAsync(ActorMethodContext actorMethodContext) => throw Signature.Only;
        protected virtual Task OnPostActorMethodAsync(ActorMethodContext actorMethodContext) => throw Signature.Only;
        protected virtual Task OnActorMethodFailedAsync(ActorMethodContext actorMethodContext, Exception e) => throw Signature.Only;
        protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period) => throw Signature.Only;
        protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) => throw Signature.Only;
        protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, int repetitions, TimeSpan ttl) => throw Signature.Only;
        protected Task<IActorReminder> RegisterReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period, int repetitions) => throw Signature.Only;
        protected Task<IActorReminder> GetReminderAsync(string reminderName) => throw Signature.Only;
        protected Task UnregisterReminderAsync(IActorReminder reminder) => throw Signature.Only;
        protected Task UnregisterReminderAsync(string reminderName) => throw Signature.Only;
        public Task<ActorTimer> RegisterTimerAsync(string timerName, string callback, byte[] callbackParams, TimeSpan dueTime, TimeSpan period) => throw Signature.Only;
        public Task<ActorTimer> RegisterTimerAsync(string timerName, string callback, byte[] callbackParams, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) => throw Signature.Only;
        protected Task UnregisterTimerAsync(ActorTimer timer) => throw Signature.Only;
        protected Task UnregisterTimerAsync(string timerName) => throw Signature.Only;
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
    public sealed class ActorAttribute : Attribute
    {
        public string TypeName { get; set; }
    }

    public sealed class ActorHost
    {
        private ActorHost() { }
        public static ActorHost CreateForTest<TActor>(ActorTestOptions options = null) where TActor : Actor => throw Signature.Only;
        public static ActorHost CreateForTest<TActor>(string actorTypeName, ActorTestOptions options = null) where TActor : Actor => throw Signature.Only;
        public static ActorHost CreateForTest(Type actorType, ActorTestOptions options = null) => throw Signature.Only;
        public static ActorHost CreateForTest(Type actorType, string actorTypeName, ActorTestOptions options = null) => throw Signature.Only;
        public ActorTypeInformation ActorTypeInfo => throw Signature.Only;
        public ActorId Id => throw Signature.Only;
        public ILoggerFactory LoggerFactory => throw Signature.Only;
        public JsonSerializerOptions JsonSerializerOptions => throw Signature.Only;
        public IActorProxyFactory ProxyFactory => throw Signature.Only;
        public ActorTimerManager TimerManager => throw Signature.Only;
    }

    public sealed class ActorTestOptions
    {
        public ActorId ActorId { get; set; }
        public ILoggerFactory LoggerFactory { get; set; }
        public JsonSerializerOptions JsonSerializerOptions { get; set; }
        public IActorProxyFactory ProxyFactory { get; set; }
        public ActorTimerManager TimerManager { get; set; }
    }

    public enum ActorCallType { ActorInterfaceMethod, TimerMethod, ReminderMethod }

    public struct ActorMethodContext
    {
        public string MethodName => throw Signature.Only;
        public ActorCallType CallType => throw Signature.Only;
    }

    public interface IRemindable
    {
        Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period);
    }

    public interface IActorReminder
    {
        string Name { get; }
        TimeSpan DueTime { get; }
        TimeSpan Period { get; }
        byte[] State { get; }
    }

    public class ActorReminderToken
    {
        public ActorReminderToken(string actorType, ActorId actorId, string name) { }
        public string ActorType => throw Signature.Only;
        public ActorId ActorId => throw Signature.Only;
        public string Name => throw Signature.Only;
    }

    public class ActorReminder : ActorReminderToken, IActorReminder
    {
        public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period) : base(actorType, actorId, name) { }
        public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) : base(actorType, actorId, name) { }
        public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, int? repetitions, TimeSpan? ttl) : base(actorType, actorId, name) { }
        public ActorReminder(string actorType, ActorId actorId, string name, byte[] state, TimeSpan dueTime, TimeSpan period, int? repetitions) : base(actorType, actorId, name) { }
        public byte[] State => throw Signature.Only;
        public TimeSpan DueTime => throw Signature.Only;
        public TimeSpan Period => throw Signature.Only;
        public TimeSpan? Ttl => throw Signature.Only;
        public int? Repetitions => throw Signature.Only;
    }

    public class ActorTimerToken
    {
        public ActorTimerToken(string actorType, ActorId actorId, string name) { }
        public string ActorType => throw Signature.Only;
        public ActorId ActorId => throw Signature.Only;
        public string Name => throw Signature.Only;
    }

    public class ActorTimer : ActorTimerToken
    {
        public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[] data, TimeSpan dueTime, TimeSpan period) : base(actorType, actorId, name) { }
        public ActorTimer(string actorType, ActorId actorId, string name, string timerCallback, byte[] data, TimeSpan dueTime, TimeSpan period, TimeSpan ttl) : base(actorType, actorId, name) { }
        public string TimerCallback => throw Signature.Only;
        public byte[] Data => throw Signature.Only;
        public TimeSpan DueTime => throw Signature.Only;
        public TimeSpan Period => throw Signature.Only;
        public TimeSpan? Ttl => throw Signature.Only;
    }

    public abstract class ActorTimerManager
    {
        public abstract Task RegisterReminderAsync(ActorReminder reminder);
        public abstract Task<IActorReminder> GetReminderAsync(ActorReminderToken reminder);
        public abstract Task UnregisterReminderAsync(ActorReminderToken reminder);
        public abstract Task RegisterTimerAsync(ActorTimer timer);
        public abstract Task UnregisterTimerAsync(ActorTimerToken timer);
    }

    public struct ConditionalValue<TValue>
    {
        public ConditionalValue(bool hasValue, TValue value) { }
        public bool HasValue => throw Signature.Only;
        public TValue Value => throw Signature.Only;
    }

    public interface IActorStateManager
    {
        Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);
        Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);
        Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);
        Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);
        Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);
        Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default);
        Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);
        Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);
        Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);
        Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default);
        Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default);
        Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);
        Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default);
        Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default);
        Task<T> AddOrUpdateStateAsync<T>(string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default);
        Task ClearCacheAsync(CancellationToken cancellationToken = default);
        Task SaveStateAsync(CancellationToken cancellationToken = default);
    }

    public sealed class ActorTypeInformation
    {
        private ActorTypeInformation() { }
        public string ActorTypeName => throw Signature.Only;
        public Type ImplementationType => throw Signature.Only;
        public IEnumerable<Type> InterfaceTypes => throw Signature.Only;
        public bool IsAbstract => throw Signature.Only;
        public bool IsRemindable => throw Signature.Only;
        public static bool TryGet(Type actorType, out ActorTypeInformation actorTypeInformation) => throw Signature.Only;
        public static ActorTypeInformation Get(Type actorType) => throw Signature.Only;
        public static ActorTypeInformation Get(Type actorType, string actorTypeName) => throw Signature.Only;
    }

    public abstract class ActorActivator
    {
        public abstract Task<ActorActivatorState> CreateAsync(ActorHost host);
        public abstract Task DeleteAsync(ActorActivatorState state);
    }

    public class ActorActivatorState
    {
        public ActorActivatorState(Actor actor) { }
        public Actor Actor => throw Signature.Only;
    }

    public sealed class ActorRegistration
    {
        public ActorRegistration(ActorTypeInformation type) { }
        public ActorRegistration(ActorTypeInformation type, ActorRuntimeOptions options) { }
        public ActorTypeInformation Type => throw Signature.Only;
        public ActorActivator Activator { get; set; }
        public ActorRuntimeOptions TypeOptions => throw Signature.Only;
    }

    public sealed class ActorRegistrationCollection : KeyedCollection<ActorTypeInformation, ActorRegistration>
    {
        protected override ActorTypeInformation GetKeyForItem(ActorRegistration item) => throw Signature.Only;
        public void RegisterActor<TActor>(Action<ActorRegistration> configure = null) where TActor : Actor => throw Signature.Only;
        public void RegisterActor<TActor>(ActorRuntimeOptions typeOptions, Action<ActorRegistration> configure = null) where TActor : Actor => throw Signature.Only;
        public void RegisterActor<TActor>(string actorTypeName, Action<ActorRegistration> configure = null) where TActor : Actor => throw Signature.Only;
        public void RegisterActor<TActor>(string actorTypeName, ActorRuntimeOptions typeOptions, Action<ActorRegistration> configure = null) where TActor : Actor => throw Signature.Only;
    }

    public sealed class ActorRuntime
    {
        internal ActorRuntime() { }
        public IReadOnlyList<ActorRegistration> RegisteredActors => throw Signature.Only;
    }

    public sealed class ActorRuntimeOptions
    {
        public ActorRegistrationCollection Actors => throw Signature.Only;
        public TimeSpan? ActorIdleTimeout { get; set; }
        public TimeSpan? ActorScanInterval { get; set; }
        public TimeSpan? DrainOngoingCallTimeout { get; set; }
        public bool DrainRebalancedActors { get; set; }
        public ActorReentrancyConfig ReentrancyConfig { get; set; }
        public bool UseJsonSerialization { get; set; }
        public JsonSerializerOptions JsonSerializerOptions { get; set; }
        public string DaprApiToken { get; set; }
        public int? RemindersStoragePartitions { get; set; }
        public string HttpEndpoint { get; set; }
    }
}
