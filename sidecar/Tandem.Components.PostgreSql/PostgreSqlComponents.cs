using Microsoft.Extensions.Logging;
using Tandem.Components.PostgreSql.Bindings;
using Tandem.Components.PostgreSql.Configuration;
using Tandem.Components.PostgreSql.Connection;
using Tandem.Components.PostgreSql.State;

namespace Tandem.Components.PostgreSql;

/// <summary>The components that keep their data in PostgreSQL. Each goes by two names, as in Dapr.</summary>
public static class PostgreSqlComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        foreach (var name in (string[])["postgresql", "postgres"])
        {
            catalog.StateStores.Add(name, static context => new QueryableStateStore(
                PostgreSqlStateOptions.ParseV1(context.Metadata), ClientFor(context), context.TimeProvider, context.LoggerFactory.CreateLogger<PostgreSqlStateStore>()));
            catalog.StateStores.Add(name, static context => new PostgreSqlStateStore(
                PostgreSqlStateOptions.ParseV2(context.Metadata), ClientFor(context), context.TimeProvider, context.LoggerFactory.CreateLogger<PostgreSqlStateStore>()), "v2");
            catalog.ConfigurationStores.Add(name, static context => new PostgreSqlConfigurationStore(
                PostgreSqlConfigurationOptions.Parse(context.Metadata), ClientFor(context), context.TimeProvider, context.LoggerFactory.CreateLogger<PostgreSqlConfigurationStore>()));
            catalog.Bindings.Add(name, static context => new PostgreSqlBinding(BindingClientFor(context), context.TimeProvider));
        }
    }

    /// <summary>An app's statement may change settings of its session: the next one is not to find them.</summary>
    private static PostgreSqlClient BindingClientFor(ComponentContext context)
    {
        var client = ClientFor(context);
        client.Options.Driver.NoResetOnClose = false;
        return client;
    }

    private static PostgreSqlClient ClientFor(ComponentContext context)
        => new(PostgreSqlOptions.Parse(context), context.TimeProvider, context.LoggerFactory.CreateLogger<PostgreSqlClient>());
}
