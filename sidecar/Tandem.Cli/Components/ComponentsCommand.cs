using System.CommandLine;
using Tandem.Cli.Terminal;
using Tandem.Sidecar;

namespace Tandem.Cli.Components;

/// <summary><c>tandem components</c>: the component types that a sidecar can be given.</summary>
internal static class ComponentsCommand
{
    public static Command Create()
    {
        var command = new Command("components", "Lists the component types that are built in");
        command.Do(static (result, _) =>
        {
            var catalog = BuiltInComponents.CreateCatalog();
            var table = new TextTable("BUILDING BLOCK", "TYPE", "VERSION");
            Add(table, "state", catalog.StateStores.Known);
            Add(table, "pub/sub", catalog.PubSubs.Known);
            Add(table, "secrets", catalog.SecretStores.Known);
            Add(table, "bindings", catalog.Bindings.Known);
            Add(table, "cryptography", catalog.CryptoProviders.Known);
            Add(table, "configuration", catalog.ConfigurationStores.Known);
            Add(table, "lock", catalog.LockStores.Known);
            Add(table, "name resolution", catalog.NameResolvers.Known);
            table.Write(result.InvocationConfiguration.Output);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Add(TextTable table, string buildingBlock, IEnumerable<string> types)
    {
        foreach (var type in types)
        {
            var separator = type.LastIndexOf('/');
            table.Add(buildingBlock, type[..separator], type[(separator + 1)..]);
        }
    }
}
