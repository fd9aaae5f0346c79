using Microsoft.Extensions.Logging;
using Tandem.Components.Secrets;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Components;

/// <summary>Replaces <c>secretKeyRef</c> and <c>envRef</c> by what they stand for.</summary>
public sealed partial class SecretReferences(IReadOnlyDictionary<string, ISecretStore> stores, ILogger logger)
{
    /// <summary>The settings with every reference resolved.</summary>
    /// <exception cref="ComponentFaultException">A store, secret or key is missing; the message names it, never its value.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(IReadOnlyList<MetadataEntry> entries, string? storeName, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            values[entry.Name] = await ResolveAsync(entry, storeName, cancellationToken).ConfigureAwait(false);
        }

        return values;
    }

    private async ValueTask<string> ResolveAsync(MetadataEntry entry, string? storeName, CancellationToken cancellationToken)
    {
        if (entry.EnvironmentVariable is { } variable)
        {
            return ReadEnvironment(entry.Name, variable);
        }

        if (entry.SecretName is not { } secretName)
        {
            return entry.Value ?? "";
        }

        if (string.IsNullOrEmpty(storeName))
        {
            throw new ComponentFaultException($"auth.secretStore is required, as '{entry.Name}' has a secretKeyRef");
        }

        if (!stores.TryGetValue(storeName, out var store))
        {
            throw new ComponentFaultException($"auth.secretStore names '{storeName}', which is not a secret store of this app");
        }

        var secret = await store.GetAsync(secretName, cancellationToken).ConfigureAwait(false)
            ?? throw new ComponentFaultException($"'{entry.Name}': secret store '{storeName}' has no secret '{secretName}'");
        return secret.TryGetValue(entry.SecretKey!, out var value)
            ? value
            : throw new ComponentFaultException($"'{entry.Name}': secret '{secretName}' of '{storeName}' has no key '{entry.SecretKey}'");
    }

    /// <summary>As daprd has it: its own settings and the tokens are nobody's to read, and where DAPR_ENV_KEYS is set, only what it lists.</summary>
    private string ReadEnvironment(string field, string variable)
    {
        var isOwn = variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase) || variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase);
        var listed = (Environment.GetEnvironmentVariable("DAPR_ENV_KEYS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!isOwn && !variable.Contains(' ', StringComparison.Ordinal) && (listed.Length == 0 || listed.Contains(variable, StringComparer.OrdinalIgnoreCase)))
        {
            return Environment.GetEnvironmentVariable(variable) ?? "";
        }

        Log.NotAllowed(logger, field, variable);
        return "";
    }

    private static partial class Log
    {
        [LoggerMessage(1203, LogLevel.Warning, "'{Field}' has an envRef to {Variable}, which resources may not read; it stays empty")]
        public static partial void NotAllowed(ILogger logger, string field, string variable);
    }
}
