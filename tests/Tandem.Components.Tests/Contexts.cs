using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.Metadata;

namespace Tandem.Components.Tests;

/// <summary>Component contexts as the runtime makes them.</summary>
internal static class Contexts
{
    public static ComponentContext Create(
        string type, string folder, TimeProvider? timeProvider = null, params (string Name, string Value)[] metadata) => new()
        {
            Name = "tested",
            Type = type,
            AppId = "app",
            BaseDirectory = folder,
            DataDirectory = folder,
            TimeProvider = timeProvider ?? TimeProvider.System,
            LoggerFactory = NullLoggerFactory.Instance,
            Metadata = new ComponentMetadata(metadata.ToDictionary(static field => field.Name, static field => field.Value)),
        };

    /// <summary>Makes the component and prepares it.</summary>
    public static async Task<T> StartAsync<T>(this ComponentRegistry<T> registry, ComponentContext context)
        where T : class
    {
        var component = registry.Create(context);
        if (component is IInitializable initializable)
        {
            await initializable.InitializeAsync(CancellationToken.None);
        }

        return component;
    }

    /// <summary>Every component of this repository.</summary>
    public static ComponentCatalog Catalog()
    {
        var catalog = new ComponentCatalog();
        InMemory.InMemoryComponents.AddTo(catalog);
        Sqlite.SqliteComponents.AddTo(catalog);
        Components.Redis.RedisComponents.AddTo(catalog);
        Components.RabbitMq.RabbitMqComponents.AddTo(catalog);
        Components.PostgreSql.PostgreSqlComponents.AddTo(catalog);
        Components.Kafka.KafkaComponents.AddTo(catalog);
        Local.LocalComponents.AddTo(catalog);
        Http.HttpComponents.AddTo(catalog);
        return catalog;
    }
}
