using Tandem.Components.Local.Cron;
using Tandem.Components.Local.Crypto;
using Tandem.Components.Local.Secrets;
using Tandem.Components.Local.Storage;

namespace Tandem.Components.Local;

/// <summary>The components that need nothing but this machine: its files, its environment, its clock.</summary>
public static class LocalComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.SecretStores.Add("local.file", static context => new FileSecretStore(FileSecretStoreOptions.Parse(context)));
        catalog.SecretStores.Add("local.env", static context => new EnvironmentSecretStore(context.Metadata.GetString("prefix") ?? ""));
        catalog.Bindings.Add("localstorage", static context => new LocalStorageBinding(LocalStorageOptions.Parse(context)));
        catalog.Bindings.Add("cron", static context => CronBinding.Create(context));
        catalog.CryptoProviders.Add("dapr.localstorage", static context => LocalStorageCrypto.Create(context));
    }
}
