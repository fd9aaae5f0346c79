// Dapr.AspNetCore. https://docs.dapr.io/developing-applications/sdks/dotnet/dotnet-client/
using Dapr;
using Dapr.AspNetCore;
using Dapr.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr
{
    public interface ITopicMetadata
    {
        string Name { get; }
        string PubsubName { get; }
        string Match { get; }
        int Priority { get; }
    }

    public interface IRawTopicMetadata
    {
        bool? EnableRawPayload { get; }
    }

    public interface IDeadLetterTopicMetadata
    {
        string DeadLetterTopic { get; }
    }

    public interface IOwnedOriginalTopicMetadata
    {
        string[] OwnedMetadatas { get; }
        string MetadataSeparator { get; }
    }

    public interface IOriginalTopicMetadata
    {
        string Id { get; }
        string Name { get; }
        string Value { get; }
    }

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    public class TopicAttribute : Attribute, ITopicMetadata, IRawTopicMetadata, IOwnedOriginalTopicMetadata, IDeadLetterTopicMetadata
    {
        public TopicAttribute(string pubsubName, string name, string[] ownedMetadatas = null, string metadataSeparator = null) { }
        public TopicAttribute(string pubsubName, string name, bool enableRawPayload, string[] ownedMetadatas = null, string metadataSeparator = null) { }
        public TopicAttribute(string pubsubName, string name, string match, int priority, string[] ownedMetadatas = null, string metadataSeparator = null) { }
        public TopicAttribute(string pubsubName, string name, bool enableRawPayload, string match, int priority, string[] ownedMetadatas = null, string metadataSeparator = null) { }
        public TopicAttribute(string pubsubName, string name, string deadLetterTopic, bool enableRawPayload, string[] ownedMetadatas = null, string metadataSeparator = null) { }
        public string Name { get; set; }
        public string PubsubName { get; set; }
        public bool? EnableRawPayload { get; set; }
        public new string Match { get; set; }
        public int Priority { get; set; }
        public string[] OwnedMetadatas { get; set; }
        public string MetadataSeparator { get; set; }
        public string DeadLetterTopic { get; set; }
    }

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    public class TopicMetadataAttribute : Attribute, IOriginalTopicMetadata
    {
        public TopicMetadataAttribute(string name, string value) { }
        public TopicMetadataAttribute(string id, string name, string value) { }
        public string Id => throw Signature.Only;
        public string Name => throw Signature.Only;
        public string Value => throw Signature.Only;
    }

    public class TopicOptions
    {
        public string Name { get; set; }
        public string PubsubName { get; set; }
        public bool EnableRawPayload { get; set; }
        public string Match { get; set; }
        public int Priority { get; set; }
        public string[] OwnedMetadatas { get; set; }
        public string MetadataSeparator { get; set; }
        public string DeadLetterTopic { get; set; }
        public IDictionary<string, string> Metadata;
    }

    public class CloudEventsMiddlewareOptions
    {
        public bool SuppressJsonDecodingOfTextPayloads { get; set; }
        public bool ForwardCloudEventPropertiesAsHeaders { get; set; }
        public string[] IncludedCloudEventPropertiesAsHeaders { get; set; }
        public string[] ExcludedCloudEventPropertiesFromHeaders { get; set; }
    }

    public class SubscribeOptions
    {
        public bool EnableRawPayload { get; set; }
    }
}

namespace Dapr.AspNetCore
{
    public interface IBulkSubscribeMetadata
    {
        int MaxMessagesCount { get; }
        int MaxAwaitDurationMs { get; }
        string TopicName { get; }
    }

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    public class BulkSubscribeAttribute : Attribute, IBulkSubscribeMetadata
    {
        public BulkSubscribeAttribute(string topicName, int maxMessagesCount, int maxAwaitDurationMs) { }
        public BulkSubscribeAttribute(string topicName, int maxMessagesCount) { }
        public BulkSubscribeAttribute(string topicName) { }
        public int MaxMessagesCount => throw Signature.Only;
        public int MaxAwaitDurationMs => throw Signature.Only;
        public string TopicName => throw Signature.Only;
    }

    public class BulkSubscribeTopicOptions
    {
        public int MaxMessagesCount { get; set; }
        public int MaxAwaitDurationMs { get; set; }
        public string TopicName { get; set; }
    }

    public class BulkSubscribeMessage<TValue>
    {
        public BulkSubscribeMessage() { }
        public BulkSubscribeMessage(List<BulkSubscribeMessageEntry<TValue>> entries, string topic, Dictionary<string, string> metadata) { }
        public List<BulkSubscribeMessageEntry<TValue>> Entries { get; set; }
        public string Topic { get; set; }
        public Dictionary<string, string> Metadata { get; set; }
    }

    public class BulkSubscribeMessageEntry<TValue>
    {
        public BulkSubscribeMessageEntry() { }
        public BulkSubscribeMessageEntry(string entryId, string contentType, Dictionary<string, string> metadata, TValue eventData) { }
        public string EntryId { get; set; }
        public string ContentType { get; set; }
        public Dictionary<string, string> Metadata { get; set; }
        public TValue Event { get; set; }
    }

    public class BulkMessageModel<TValue>
    {
        public BulkMessageModel() { }
        public BulkMessageModel(string id, string source, string type, string specversion, string datacontenttype, TValue data) { }
        public string Id { get; set; }
        public string Source { get; set; }
        public string Type { get; set; }
        public string Specversion { get; set; }
        public string Datacontenttype { get; set; }
        public TValue Data { get; set; }
    }

    public enum BulkSubscribeAppResponseStatus { SUCCESS, RETRY, DROP }

    public class BulkSubscribeAppResponse
    {
        public BulkSubscribeAppResponse(List<BulkSubscribeAppResponseEntry> statuses) { }
        public List<BulkSubscribeAppResponseEntry> Statuses => throw Signature.Only;
    }

    public class BulkSubscribeAppResponseEntry
    {
        public BulkSubscribeAppResponseEntry(string entryId, BulkSubscribeAppResponseStatus status) { }
        public string EntryId => throw Signature.Only;
        public string Status => throw Signature.Only;
    }

    public class DaprAuthenticationOptions : AuthenticationSchemeOptions
    {
        public string Token { get; set; }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    public static class DaprApplicationBuilderExtensions
    {
        public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder) => throw Signature.Only;
        public static IApplicationBuilder UseCloudEvents(this IApplicationBuilder builder, CloudEventsMiddlewareOptions options) => throw Signature.Only;
    }

    public static class DaprEndpointConventionBuilderExtensions
    {
        public static T WithTopic<T>(this T builder, string pubsubName, string name) where T : IEndpointConventionBuilder => throw Signature.Only;
        public static T WithTopic<T>(this T builder, string pubsubName, string name, IDictionary<string, string> metadata) where T : IEndpointConventionBuilder => throw Signature.Only;
        public static T WithTopic<T>(this T builder, string pubsubName, string name, bool enableRawPayload) where T : IEndpointConventionBuilder => throw Signature.Only;
        public static T WithTopic<T>(this T builder, string pubsubName, string name, bool enableRawPayload, IDictionary<string, string> metadata) where T : IEndpointConventionBuilder => throw Signature.Only;
        public static T WithTopic<T>(this T builder, TopicOptions topicOptions) where T : IEndpointConventionBuilder => throw Signature.Only;
        public static T WithBulkSubscribe<T>(this T builder, BulkSubscribeTopicOptions bulkSubscribeTopicOptions) where T : IEndpointConventionBuilder => throw Signature.Only;
    }

    public static class DaprEndpointRouteBuilderExtensions
    {
        public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints) => throw Signature.Only;
        public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints, SubscribeOptions options) => throw Signature.Only;
    }
}

namespace Microsoft.AspNetCore.Mvc
{
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter, AllowMultiple = false, Inherited = true)]
    public class FromStateAttribute : Attribute, IBindingSourceMetadata
    {
        public FromStateAttribute(string storeName) { }
        public FromStateAttribute(string storeName, string key) { }
        public string StoreName => throw Signature.Only;
        public string Key => throw Signature.Only;
        public BindingSource BindingSource => throw Signature.Only;
    }
}

namespace Microsoft.AspNetCore.Authentication
{
    public static class DaprAuthenticationBuilderExtensions
    {
        public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder) => throw Signature.Only;
        public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder, Action<DaprAuthenticationOptions> configureOptions) => throw Signature.Only;
    }
}

namespace Microsoft.AspNetCore.Authorization
{
    public static class DaprAuthorizationOptionsExtensions
    {
        public static void AddDapr(this AuthorizationOptions options, string name = "Dapr") => throw Signature.Only;
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class DaprServiceCollectionExtensions
    {
        public static void AddDaprClient(this IServiceCollection services, Action<DaprClientBuilder> configure = null, ServiceLifetime lifetime = ServiceLifetime.Singleton) => throw Signature.Only;
        public static void AddDaprClient(this IServiceCollection services, Action<IServiceProvider, DaprClientBuilder> configure, ServiceLifetime lifetime = ServiceLifetime.Singleton) => throw Signature.Only;
    }

    public static class DaprMvcBuilderExtensions
    {
        public static IMvcBuilder AddDapr(this IMvcBuilder builder, Action<DaprClientBuilder> configureClient = null) => throw Signature.Only;
    }
}
