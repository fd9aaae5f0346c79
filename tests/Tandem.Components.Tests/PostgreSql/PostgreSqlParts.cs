using Tandem.Components.Bindings;
using Tandem.Components.PostgreSql.Configuration;
using Tandem.Components.PostgreSql.State;
using Tandem.Testing;

namespace Tandem.Components.Tests.PostgreSql;

/// <summary>Makes PostgreSQL components on a test's server.</summary>
internal static class PostgreSqlParts
{
    private static int _tables;

    /// <summary>A name that no other test of the process uses.</summary>
    public static string NewTable() => $"things_{Interlocked.Increment(ref _tables)}";

    public static async Task<PostgreSqlStateStore> StartStoreAsync(string version, params (string Name, string Value)[] metadata)
        => (PostgreSqlStateStore)await Contexts.Catalog().StateStores.StartAsync(Context("state.postgresql", metadata) with { Version = version });

    public static async Task<PostgreSqlConfigurationStore> StartConfigurationAsync(params (string Name, string Value)[] metadata)
        => (PostgreSqlConfigurationStore)await Contexts.Catalog().ConfigurationStores.StartAsync(Context("configuration.postgresql", metadata));

    public static async Task<IOutputBinding> StartBindingAsync(params (string Name, string Value)[] metadata)
        => (IOutputBinding)await Contexts.Catalog().Bindings.StartAsync(Context("bindings.postgresql", metadata));

    public static ComponentContext Context(string type, params (string Name, string Value)[] metadata) => Contexts.Create(type, Path.GetTempPath(), null, metadata);

    /// <summary>Looks until it is so.</summary>
    public static Task UntilAsync(Func<Task<bool>> isSo) => Task.Run(async () =>
    {
        while (!await isSo())
        {
            await Task.Delay(20);
        }
    }).WithinAsync();
}
