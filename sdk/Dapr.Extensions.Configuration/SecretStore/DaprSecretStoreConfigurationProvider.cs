using Microsoft.Extensions.Configuration;

namespace Dapr.Extensions.Configuration.DaprSecretStore;

/// <summary>Reads the secrets once, when the configuration is built.</summary>
internal sealed class DaprSecretStoreConfigurationProvider(DaprSecretStoreConfigurationSource source) : ConfigurationProvider
{
    public override void Load()
    {
        // The configuration API is synchronous; the thread pool runs the calls, whatever context the caller has.
        Data = Task.Run(LoadAsync).GetAwaiter().GetResult();
    }

    private async Task<Dictionary<string, string?>> LoadAsync()
    {
        await SidecarWait.WaitAsync(source.Client, source.SidecarWaitTimeout).ConfigureAwait(false);
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (source.SecretDescriptors is { } descriptors)
        {
            foreach (var descriptor in descriptors)
            {
                foreach (var (key, value) in await ReadAsync(descriptor).ConfigureAwait(false))
                {
                    Add(data, string.Equals(key, descriptor.SecretKey, StringComparison.Ordinal) ? descriptor.SecretName : key, value);
                }
            }
        }
        else
        {
            foreach (var secret in await source.Client.GetBulkSecretAsync(source.Store, source.Metadata).ConfigureAwait(false))
            {
                foreach (var (key, value) in secret.Value)
                {
                    Add(data, key, value);
                }
            }
        }

        return data;
    }

    private async Task<Dictionary<string, string>> ReadAsync(DaprSecretDescriptor descriptor)
    {
        try
        {
            return await source.Client.GetSecretAsync(source.Store, descriptor.SecretKey, descriptor.Metadata).ConfigureAwait(false);
        }
        catch (DaprException) when (!descriptor.IsRequired)
        {
            return [];
        }
    }

    private void Add(Dictionary<string, string?> data, string key, string value)
    {
        if (source.NormalizeKey)
        {
            foreach (var delimiter in source.KeyDelimiters)
            {
                key = key.Replace(delimiter, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            }
        }

        if (!data.TryAdd(key, value))
        {
            throw new InvalidOperationException($"The key '{key}' is there twice in the secret store '{source.Store}'. Remove one of the secrets, or name them by descriptors.");
        }
    }
}
