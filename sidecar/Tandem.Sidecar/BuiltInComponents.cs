using Tandem.Components;
using Tandem.Components.Http;
using Tandem.Components.InMemory;
using Tandem.Components.Kafka;
using Tandem.Components.Local;
using Tandem.Components.PostgreSql;
using Tandem.Components.RabbitMq;
using Tandem.Components.Redis;
using Tandem.Components.Sqlite;

namespace Tandem.Sidecar;

/// <summary>The components that come with the sidecar: one line for each project that holds some.</summary>
public static class BuiltInComponents
{
    /// <summary>A catalog with all of them.</summary>
    public static ComponentCatalog CreateCatalog()
    {
        var catalog = new ComponentCatalog();
        InMemoryComponents.AddTo(catalog);
        HttpComponents.AddTo(catalog);
        SqliteComponents.AddTo(catalog);
        RedisComponents.AddTo(catalog);
        RabbitMqComponents.AddTo(catalog);
        PostgreSqlComponents.AddTo(catalog);
        KafkaComponents.AddTo(catalog);
        LocalComponents.AddTo(catalog);
        return catalog;
    }
}
