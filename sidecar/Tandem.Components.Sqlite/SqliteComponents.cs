using Microsoft.Extensions.Logging;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.Sqlite.Jobs;
using Tandem.Components.Sqlite.NameResolution;
using Tandem.Components.Sqlite.PubSub;
using Tandem.Components.Sqlite.State;

namespace Tandem.Components.Sqlite;

/// <summary>The components that keep their data in SQLite.</summary>
public static class SqliteComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.StateStores.Add("sqlite", static context => new SqliteStateStore(
            SqliteStateOptions.Parse(context), context.TimeProvider, context.LoggerFactory.CreateLogger<SqliteStateStore>()));
        catalog.PubSubs.Add("sqlite", static context => new SqlitePubSub(
            SqlitePubSubOptions.Parse(context), context.TimeProvider, context.LoggerFactory.CreateLogger<SqlitePubSub>()));
        catalog.NameResolvers.Add("sqlite", static context => new SqliteNameResolver(
            SqliteNameResolverOptions.Parse(context), context.TimeProvider, context.LoggerFactory.CreateLogger<SqliteNameResolver>()));
        catalog.JobStores.Add("sqlite", static context => new SqliteJobStore(SqliteOptions.Parse(context), context.TimeProvider));
    }
}
