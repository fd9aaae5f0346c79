using System.Text;
using Microsoft.Extensions.Logging;
using Tandem.Components.Bindings;
using Tandem.Components.Kafka.Bindings;
using Tandem.Components.Kafka.PubSub;
using Tandem.Components.PubSub;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary>Makes Kafka components on a broker, each for itself or all on the one that these tests share.</summary>
internal static class KafkaParts
{
    /// <summary>Partitions of a topic that the shared broker makes by itself.</summary>
    public const int Partitions = 4;

    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    private static readonly Lazy<Task<KafkaServer>> Server = new(static async () =>
    {
        var server = KafkaServer.With(("num.partitions", $"{Partitions}"));
        await server.StartAsync();
        return server;
    });

    /// <summary>A broker for all tests that leave it running; it goes with the test run.</summary>
    public static Task<KafkaServer> SharedServerAsync() => Server.Value;

    /// <summary>A name that no other test has used.</summary>
    public static string Fresh(string name) => $"{name}-{Guid.NewGuid():N}";

    public static async Task<KafkaPubSub> StartPubSubAsync(KafkaServer server, params (string Name, string Value)[] metadata)
        => (KafkaPubSub)await Contexts.Catalog().PubSubs.StartAsync(Context("pubsub.kafka", [.. On(server), .. metadata]));

    public static async Task<KafkaPubSub> StartPubSubAsync(KafkaServer server, ILoggerFactory log, params (string Name, string Value)[] metadata)
        => (KafkaPubSub)await Contexts.Catalog().PubSubs.StartAsync(Context("pubsub.kafka", [.. On(server), .. metadata]) with { LoggerFactory = log });

    public static async Task<KafkaBinding> StartBindingAsync(KafkaServer server, params (string Name, string Value)[] metadata)
        => (KafkaBinding)await Contexts.Catalog().Bindings.StartAsync(Context("bindings.kafka", [.. On(server), .. metadata]));

    public static ComponentContext Context(string type, params (string Name, string Value)[] metadata)
        => Contexts.Create(type, Path.GetTempPath(), null, [.. metadata.Reverse().DistinctBy(static field => field.Name)]);

    public static ValueTask<IAsyncDisposable> SubscribeAsync(this IPubSub pubSub, string topic, string group, MessageHandler handler, int atOnce = 1)
        => pubSub.SubscribeAsync(new SubscribeRequest(topic, group, NoMetadata) { AtOnce = atOnce }, handler, default);

    public static async Task PublishAsync(this IPubSub pubSub, string topic, string text, params (string Name, string Value)[] metadata)
        => await pubSub.PublishAsync(Request(topic, text, metadata), default);

    public static PublishRequest Request(string topic, string text, params (string Name, string Value)[] metadata)
        => new(topic, Encoding.UTF8.GetBytes(text), null, metadata.ToDictionary(static field => field.Name, static field => field.Value));

    public static BindingRequest Create(string text, params (string Name, string Value)[] metadata)
        => new("create", Encoding.UTF8.GetBytes(text), metadata.ToDictionary(static field => field.Name, static field => field.Value));

    private static (string Name, string Value)[] On(KafkaServer server) =>
    [
        ("brokers", server.Address), ("authType", "none"), ("version", KafkaServer.Version), ("initialOffset", "oldest"), ("consumeRetryInterval", "5ms"),
    ];
}
