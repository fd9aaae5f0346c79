using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Components.Sqlite;

namespace Tandem.Bench.Components;

/// <summary>Components as the sidecar makes them.</summary>
internal static class Components
{
    public static ComponentCatalog Catalog()
    {
        var catalog = new ComponentCatalog();
        SqliteComponents.AddTo(catalog);
        return catalog;
    }

    public static async Task<T> StartAsync<T>(this ComponentRegistry<T> registry, string type, string folder, params (string Name, string Value)[] metadata)
        where T : class
    {
        var component = registry.Create(new ComponentContext
        {
            Name = "bench",
            Type = type,
            AppId = "bench",
            DataDirectory = folder,
            LoggerFactory = NullLoggerFactory.Instance,
            Metadata = new ComponentMetadata(metadata.ToDictionary(static field => field.Name, static field => field.Value)),
        });
        await ((IInitializable)component).InitializeAsync(CancellationToken.None);
        return component;
    }
}
