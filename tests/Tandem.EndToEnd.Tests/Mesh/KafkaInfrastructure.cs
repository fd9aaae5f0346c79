using Tandem.Testing;

namespace Tandem.EndToEnd.Tests.Mesh;

/// <summary>Kafka for messages, Redis for state, actors, settings and locks. The mesh reaches the broker through a network that can stall.</summary>
public sealed class KafkaInfrastructure : Infrastructure
{
    private readonly RedisServer _redis = new();

    public KafkaInfrastructure()
        : base("kafka")
    {
        Network = new StallingNetwork(Kafka.Port);

        // Clients learn the brokers' addresses from the broker.
        Kafka.Set("advertised.listeners", $"PLAINTEXT://{Network.Address}");
    }

    public KafkaServer Kafka { get; } = KafkaServer.With(("num.partitions", "3"));

    public StallingNetwork Network { get; }

    public override Task StartAsync() => Task.WhenAll(Kafka.StartAsync(), _redis.StartAsync());

    internal override void Address(ComponentFolder components)
    {
        components.Set("pubsub", "brokers", Network.Address);
        components.Set("pubsub", "version", KafkaServer.Version);
        foreach (var component in (string[])["statestore", "configstore", "lockstore"])
        {
            components.Set(component, "redisHost", _redis.Address);
        }

        // The services' databases are files here: what they do on PostgreSQL is another infrastructure's matter.
        components.SetSecrets(static (name, _) => $"Data Source={name}.sqlite");
    }

    public override async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        Kafka.Dispose();
        _redis.Dispose();
    }
}
